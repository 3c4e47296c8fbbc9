"""Taking the directory over from a file: reading it, comparing it with what is here, and saying what came of it."""

from mandates.importing.merging import merge_file, try_file
from mandates.importing.reading import DirectoryFileError, FileError, FileRow, read_file
from mandates.importing.report import Change, Report

__all__ = [
    "Change",
    "DirectoryFileError",
    "FileError",
    "FileRow",
    "Report",
    "merge_file",
    "read_file",
    "try_file",
]
