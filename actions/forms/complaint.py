"""The form that takes down a complaint."""

from actions.forms.form import FormValidator


class ValidateComplaintForm(FormValidator):
    """Before a complaint is filed."""

    form = "complaint_form"
