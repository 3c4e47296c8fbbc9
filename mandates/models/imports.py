from django.conf import settings
from django.db import models
from django.db.models import Q


class DirectoryImport(models.Model):
    """A file of the directory that somebody uploaded: first only looked at, then perhaps taken over."""

    file_name = models.CharField(max_length=200)
    content = models.TextField()
    # What the upload would change, and what it changed; `report_sha256` binds taking over to what was shown.
    report = models.JSONField(default=dict)
    report_sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    applied_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="mandates_directoryimport_applied_by_somebody",
                condition=Q(applied_at__isnull=True) | Q(applied_by__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.file_name
