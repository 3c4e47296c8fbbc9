"""How forms are drawn: one field template for the whole site, and text that runs in the direction of its own words."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting

# What is always written from left to right, whatever the language of the page.
LATIN_INPUTS = (forms.EmailInput, forms.NumberInput, forms.URLInput)


class DirectedField(BoundField):
    """A field whose text starts where its first letter asks for it: English on a Persian page, and the reverse."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        built = super().build_widget_attrs(attrs, widget)
        widget = widget or self.field.widget
        if "dir" not in widget.attrs:
            if isinstance(widget, LATIN_INPUTS):
                built["dir"] = "ltr"
            elif isinstance(widget, forms.TextInput | forms.Textarea):
                built["dir"] = "auto"
        return built


class PageFormRenderer(TemplatesSetting):
    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
    bound_field_class = DirectedField
