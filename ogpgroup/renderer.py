"""How every form on the site is drawn: label above, help beneath it, the error beside the field and listed on top."""

from django.forms.renderers import TemplatesSetting


class FormRenderer(TemplatesSetting):
    form_template_name = "components/form.html"
    field_template_name = "components/field.html"
