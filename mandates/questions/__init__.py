"""What single mandates ask beyond the minimum: asked only when that mandate is an addressee of the letter.

Source of the lists: each question's `rule`. In our own words; the mandates' forms are longer. Categories IV and V of
arbitrary detention are newer than the sheet that the rule links to.
"""

from mandates.questions.asked import ASKED, Choice, Question, asked_mandates, question_of, questions_for, read_many

__all__ = ["ASKED", "Choice", "Question", "asked_mandates", "question_of", "questions_for", "read_many"]
