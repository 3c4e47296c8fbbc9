"""How forms are drawn: one field template for the whole site."""

from django.forms.renderers import TemplatesSetting


class PageFormRenderer(TemplatesSetting):
    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
