from django.db import models
from django.db.models import Q

from petitions.models.signature import Signature
from petitions.models.statement import Statement


class SignatureTrait(models.Model):
    """What signatures can have in common, to be compared and not read (petitions/moderation/traits.py).

    Keyed digests, different below each statement: two lists of signatories cannot be joined, and no address is kept.
    """

    signature = models.OneToOneField(Signature, on_delete=models.CASCADE, primary_key=True, related_name="trait")
    statement = models.ForeignKey(Statement, on_delete=models.CASCADE, related_name="+")
    # Null for addresses that were erased. A provider that anybody can join has a digest too, and says nothing.
    domain_digest = models.BinaryField(max_length=32, null=True)
    is_shared_domain = models.BooleanField(default=False)
    # "a9" of "Maria1984": only of names that hold digits.
    name_shape = models.CharField(max_length=40, blank=True)
    comment_digest = models.BinaryField(max_length=32, null=True)
    confirmed_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(
                name="petitions_trait_domain",
                fields=["statement", "domain_digest", "confirmed_at"],
                condition=Q(domain_digest__isnull=False),
            ),
            models.Index(
                name="petitions_trait_comment",
                fields=["statement", "comment_digest"],
                condition=Q(comment_digest__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"traits of signature {self.signature_id}"
