"""Forms: reading form-js documents, and asking, checking and describing their answers.

A form is drawn with stock editors. What is ours stands in custom properties: who may see an answer
(``ehc:audience``), whether the process may (``ehc:process``), an example answer (``ehc:example``) and an
error message in the form's own words (``ehc:error``).
"""

from engine.forms.answering import Checked
from engine.forms.document import Component
from engine.forms.fields import Field
from engine.forms.form import Form
from engine.forms.options import Option
from engine.forms.problems import FormProblem, FormRefused
from engine.forms.reading import read_form

__all__ = ["Checked", "Component", "Field", "Form", "FormProblem", "FormRefused", "Option", "read_form"]
