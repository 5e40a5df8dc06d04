//! Forms: what was posted, and the same form again with its faults beside the fields.
//!
//! A form posts to its page's own address, so that the page's filters stay. The button that was pressed says which form it is
//! (`do`). A success redirects; a refusal shows the page again, with the input kept, as status 422. This needs no script.

mod field;
mod upload;

pub(crate) use field::{Field, Input, Label, label};
pub(crate) use upload::{Upload, UploadedFile};

use axum::{
    body::to_bytes,
    extract::{FromRequest, Request},
    response::{IntoResponse, Redirect, Response},
};
use flow::{FlowError, Invalid};
use http::StatusCode;
use leptos::prelude::*;
use url::form_urlencoded;

use crate::{error::PageError, fault::translated};

/// Size limit of a posted form.
const FORM_BYTES_MAX: usize = 64 * 1024;

/// The fields of a posted form.
#[derive(Clone, Debug, Default)]
pub(crate) struct Posted(Vec<(String, String)>);

impl Posted {
    /// Which form was sent: the value of its button.
    pub(crate) fn action(&self) -> &str {
        self.get("do")
    }

    /// A field's value; empty if it was not sent.
    pub(crate) fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(found, _)| found == name).map_or("", |(_, value)| value)
    }

    /// A field's value as an owned text.
    pub(crate) fn text(&self, name: &str) -> String {
        self.get(name).to_owned()
    }

    /// All values of a field that may be sent several times, such as the checkboxes of a table.
    pub(crate) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// Whether a checkbox was ticked.
    pub(crate) fn is_checked(&self, name: &str) -> bool {
        self.0.iter().any(|(found, _)| found == name)
    }

    /// A field that holds an id; [`FlowError::NotFound`] if it is none.
    pub(crate) fn id<T: core::str::FromStr>(&self, name: &str, what: &'static str) -> Result<T, FlowError> {
        self.get(name).parse().map_err(|_| FlowError::NotFound(what))
    }

    /// A field that holds a whole number. `label` names it in the fault.
    pub(crate) fn number<T: core::str::FromStr>(&self, name: &str, label: impl Into<Label>) -> Result<T, FlowError> {
        let (text, label) = (self.get(name).trim(), label.into().english);
        text.parse().map_err(|_| FlowError::from(Invalid::one(format!("{label} must be a whole number"))))
    }

    /// The form to show again if the input was refused; other errors are the page's.
    pub(crate) fn refused(self, error: FlowError) -> Result<FormState, PageError> {
        match error {
            FlowError::Invalid(faults) => Ok(FormState { values: self.0, faults: faults.0 }),
            other => Err(other.into()),
        }
    }

    /// The form to show again without faults, for example with a preview of what it would change.
    pub(crate) fn shown_again(self) -> FormState {
        FormState { values: self.0, faults: Vec::new() }
    }

    /// An action that this page does not have.
    pub(crate) fn unknown_action(&self) -> FlowError {
        Invalid::one(format!("this page has no form {:?}", self.action())).into()
    }
}

impl<S: Send + Sync> FromRequest<S> for Posted {
    type Rejection = PageError;

    async fn from_request(request: Request, _: &S) -> Result<Self, PageError> {
        let too_large = || FlowError::from(Invalid::one("the form is too large"));
        let body = to_bytes(request.into_body(), FORM_BYTES_MAX).await.map_err(|_| too_large())?;
        Ok(Self(form_urlencoded::parse(&body).into_owned().collect()))
    }
}

/// Redirects after a success. `done` names what happened; the page there says it in words.
pub(crate) fn done(path: &str, done: &str) -> Response {
    let separator = if path.contains('?') { '&' } else { '?' };
    Redirect::to(&format!("{path}{separator}done={done}")).into_response()
}

/// What the page's forms show: empty at first, the refused input afterwards.
#[derive(Clone, Debug, Default)]
pub(crate) struct FormState {
    values: Vec<(String, String)>,
    faults: Vec<String>,
}

impl FormState {
    /// 422 if input was refused, else 200.
    pub(crate) fn status(&self) -> StatusCode {
        if self.faults.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
    }

    /// A field's value, if it was posted.
    pub(crate) fn posted(&self, name: &str) -> Option<String> {
        self.values.iter().find(|(found, _)| found == name).map(|(_, value)| value.clone())
    }

    /// Without a field's value: a secret is not shown again.
    pub(crate) fn without(mut self, name: &str) -> Self {
        self.values.retain(|(found, _)| found != name);
        self
    }

    /// One form of the page, named by its button's value. Other forms on the page do not see its input and faults.
    pub(crate) fn form(&self, action: &'static str) -> Form {
        let is_mine = self.values.iter().any(|(name, value)| name == "do" && value == action);
        let state = if is_mine { self.clone() } else { Self::default() };
        Form {
            action,
            is_posted: is_mine,
            values: state.values,
            faults: state.faults,
            initial: Vec::new(),
            prefix: String::new(),
        }
    }
}

/// One form: gives each field its value and its faults.
#[derive(Clone, Debug)]
pub(crate) struct Form {
    action: &'static str,
    is_posted: bool,
    values: Vec<(String, String)>,
    faults: Vec<String>,
    initial: Vec<(String, String)>,
    prefix: String,
}

impl Form {
    /// Sets a field's value for the first showing.
    pub(crate) fn initial(mut self, name: &str, value: impl Into<String>) -> Self {
        self.initial.push((name.to_owned(), value.into()));
        self
    }

    /// Makes the ids of its fields unique, for a form that stands on the page several times.
    pub(crate) fn prefix(self, prefix: &str) -> Self {
        Self { prefix: format!("{prefix}-"), ..self }
    }

    /// Only the input posted for this object, if several forms of a page have the same name.
    pub(crate) fn only_if(self, name: &str, value: &str) -> Self {
        let is_mine = self.values.iter().any(|(found, posted)| found == name && posted == value);
        if is_mine { self } else { Self { is_posted: false, values: Vec::new(), faults: Vec::new(), ..self } }
    }

    /// Whether this form was posted and refused.
    pub(crate) const fn is_refused(&self) -> bool {
        !self.faults.is_empty()
    }

    /// Whether this form was posted.
    pub(crate) const fn is_posted(&self) -> bool {
        self.is_posted
    }

    /// A field's value: what was posted, or the initial one.
    pub(crate) fn value(&self, name: &str) -> String {
        let values = if self.is_posted { &self.values } else { &self.initial };
        values.iter().find(|(found, _)| found == name).map(|(_, value)| value.clone()).unwrap_or_default()
    }

    /// Whether this value was posted for a field that may be sent several times, such as a checkbox of a table.
    pub(crate) fn has_value(&self, name: &str, value: &str) -> bool {
        self.values.iter().any(|(found, posted)| found == name && posted == value)
    }

    /// The faults of the field with this label: those whose message begins with it.
    fn faults_of(&self, label: &Label) -> Vec<String> {
        let own = self.faults.iter().filter(|fault| label.is_in(fault));
        own.map(|fault| sentence(&translated(fault, Some(&label.shown)))).collect()
    }

    /// The faults that belong to none of the given labels, as a banner above the form.
    pub(crate) fn summary<L: Clone + Into<Label>>(&self, labels: &[L]) -> AnyView {
        let labels: Vec<Label> = labels.iter().cloned().map(Into::into).collect();
        let is_of_field = |fault: &&String| labels.iter().any(|label| label.is_in(fault));
        let others: Vec<_> = self
            .faults
            .iter()
            .filter(|fault| !is_of_field(fault))
            .map(|fault| sentence(&translated(fault, None)))
            .collect();
        if others.is_empty() {
            return ().into_any();
        }
        let items = others.into_iter().map(|fault| view! { <li>{fault}</li> }).collect_view();
        view! { <div class="banner critical" role="alert" tabindex="-1" autofocus=""><ul>{items}</ul></div> }.into_any()
    }

    /// All faults as a banner, for a form without fields of its own.
    pub(crate) fn all_faults(&self) -> AnyView {
        self.summary::<Label>(&[])
    }

    /// A text field with its label, hint and faults.
    pub(crate) fn field(&self, field: Field) -> AnyView {
        let id = format!("{}{}-{}", self.prefix, self.action, field.name);
        let faults = self.faults_of(&field.label);
        let described = described_by(&id, !field.hint.is_empty(), !faults.is_empty());
        let invalid = (!faults.is_empty()).then_some("true");
        let value = self.value(field.name);
        let (kind, is_lines) = match field.input {
            Input::Text => ("text", false),
            Input::Url => ("url", false),
            Input::Email => ("email", false),
            Input::Date => ("date", false),
            Input::Number => ("number", false),
            Input::Password => ("password", false),
            Input::Lines => ("", true),
        };
        let placeholder = (!field.placeholder.is_empty()).then_some(field.placeholder);
        let control = if is_lines {
            view! {
                <textarea id=id.clone() name=field.name rows="3" required=field.is_required maxlength=field.length_max.to_string()
                    placeholder=placeholder aria-describedby=described aria-invalid=invalid autofocus=invalid.is_some()>{value}</textarea>
            }
            .into_any()
        } else {
            view! {
                <input id=id.clone() type=kind name=field.name value=value required=field.is_required
                    maxlength=(kind != "number" && kind != "date").then(|| field.length_max.to_string())
                    inputmode=(kind == "number").then_some("numeric") autocomplete=(kind == "password").then_some("off")
                    list=(!field.suggestions.is_empty()).then(|| format!("{id}-list"))
                    placeholder=placeholder aria-describedby=described aria-invalid=invalid autofocus=invalid.is_some() />
                {suggestions(&id, field.suggestions)}
            }
            .into_any()
        };
        labelled(id, field.label.shown, field.hint, faults, control)
    }

    /// A file to choose. `accept` says which kinds, as in HTML. The form is sent as `multipart/form-data`.
    pub(crate) fn file(
        &self,
        name: &'static str,
        label: impl Into<Label>,
        accept: &'static str,
        hint: impl Into<String>,
    ) -> AnyView {
        let (label, hint) = (label.into(), hint.into());
        let id = format!("{}{}-{name}", self.prefix, self.action);
        let faults = self.faults_of(&label);
        let described = described_by(&id, !hint.is_empty(), !faults.is_empty());
        let invalid = (!faults.is_empty()).then_some("true");
        let control = view! {
            <input id=id.clone() type="file" name=name accept=accept required=true aria-describedby=described
                aria-invalid=invalid autofocus=invalid.is_some() />
        };
        labelled(id, label.shown, hint, faults, control.into_any())
    }

    /// A choice of one of some options (value and label). With `placeholder`, none may be chosen.
    pub(crate) fn select(
        &self,
        name: &'static str,
        label: impl Into<Label>,
        options: &[(String, String)],
        placeholder: impl Into<String>,
        hint: impl Into<String>,
    ) -> AnyView {
        self.choice(name, label.into(), options, &placeholder.into(), hint.into(), false)
    }

    /// A choice that is found by typing: a plain list without script, a searching list with it. For creators, links and
    /// campaigns.
    pub(crate) fn combobox(
        &self,
        name: &'static str,
        label: impl Into<Label>,
        options: &[(String, String)],
        placeholder: impl Into<String>,
        hint: impl Into<String>,
    ) -> AnyView {
        self.choice(name, label.into(), options, &placeholder.into(), hint.into(), true)
    }

    fn choice(
        &self,
        name: &'static str,
        label: Label,
        options: &[(String, String)],
        placeholder: &str,
        hint: String,
        is_searched: bool,
    ) -> AnyView {
        let id = format!("{}{}-{name}", self.prefix, self.action);
        let faults = self.faults_of(&label);
        let described = described_by(&id, !hint.is_empty(), !faults.is_empty());
        let invalid = (!faults.is_empty()).then_some("true");
        let options = crate::picker::options(options, &self.value(name), placeholder);
        let select = view! {
            <select id=id.clone() name=name aria-describedby=described aria-invalid=invalid autofocus=invalid.is_some()>{options}</select>
        };
        let control = if is_searched { crate::picker::searched(select) } else { select.into_any() };
        labelled(id, label.shown, hint, faults, control)
    }

    /// A checkbox with its label.
    pub(crate) fn checkbox(&self, name: &'static str, label: impl Into<String>, hint: impl Into<String>) -> AnyView {
        let hint = hint.into();
        let id = format!("{}{}-{name}", self.prefix, self.action);
        let is_checked = !self.value(name).is_empty();
        let described = described_by(&id, !hint.is_empty(), false);
        view! {
            <div class="field check">
                <input id=id.clone() type="checkbox" name=name value="on" checked=is_checked aria-describedby=described />
                <label for=id.clone()>{label.into()}</label>
                {hint_of(&id, hint)}
            </div>
        }
        .into_any()
    }

    /// A hidden field.
    pub(crate) fn hidden(name: &'static str, value: impl Into<String>) -> AnyView {
        view! { <input type="hidden" name=name value=value.into() /> }.into_any()
    }

    /// The button that sends the form.
    pub(crate) fn submit(&self, label: impl Into<String>) -> AnyView {
        self.button(label, "primary")
    }

    /// A button that sends the form, with a class: `primary`, `critical`, `quiet` or empty.
    pub(crate) fn button(&self, label: impl Into<String>, class: &'static str) -> AnyView {
        view! { <button type="submit" name="do" value=self.action class=class>{label.into()}</button> }.into_any()
    }
}

fn suggestions(id: &str, suggestions: Vec<(String, String)>) -> Option<AnyView> {
    let options = |(value, label): (String, String)| view! { <option value=value>{label}</option> };
    let options = suggestions.into_iter().map(options).collect::<Vec<_>>();
    (!options.is_empty()).then(|| view! { <datalist id=format!("{id}-list")>{options}</datalist> }.into_any())
}

fn described_by(id: &str, has_hint: bool, has_fault: bool) -> Option<String> {
    let parts = [has_fault.then(|| format!("{id}-fault")), has_hint.then(|| format!("{id}-hint"))];
    let parts: Vec<_> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

fn hint_of(id: &str, hint: String) -> Option<AnyView> {
    (!hint.is_empty()).then(|| view! { <small id=format!("{id}-hint") class="hint">{hint}</small> }.into_any())
}

fn labelled(id: String, label: String, hint: String, faults: Vec<String>, control: AnyView) -> AnyView {
    let fault =
        (!faults.is_empty()).then(|| view! { <p class="fault" id=format!("{id}-fault")>{faults.join(" ")}</p> });
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            {control}
            {fault}
            {hint_of(&id, hint)}
        </div>
    }
    .into_any()
}

/// A message of `flow` as a sentence.
pub(crate) fn sentence(fault: &str) -> String {
    let mut letters = fault.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string()).unwrap_or_default();
    let end = if fault.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{end}", letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::{Language, Spoken};

    fn refused_with(fault: &str) -> FormState {
        FormState { values: vec![("do".to_owned(), "create".to_owned())], faults: vec![fault.to_owned()] }
    }

    fn refused() -> FormState {
        let posted = [("do", "create"), ("destination", "nonsense")];
        FormState {
            values: posted.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
            faults: vec!["destination URL must be an address".to_owned(), "too many links".to_owned()],
        }
    }

    #[test]
    fn a_refused_form_keeps_its_input_and_says_the_fault_beside_the_field() {
        let form = refused().form("create").initial("destination", "https://");
        let html = form.field(Field::new("destination", "Destination URL").input(Input::Url)).to_html();
        assert!(html.contains("nonsense") && html.contains("aria-invalid=\"true\""), "{html}");
        assert!(html.contains("Destination URL must be an address."), "{html}");
        let summary = form.summary(&["Destination URL"]).to_html();
        assert!(summary.contains("Too many links.") && !summary.contains("Destination"), "{summary}");
    }

    #[test]
    fn a_fault_finds_its_field_in_every_language() {
        let email = refused_with("e-mail address is too long").form("create");
        let html = Language::German.speak(|| {
            let email = email.field(Field::new("email", label("sign_in-email")));
            email.to_html()
        });
        assert!(html.contains("E-Mail-Adresse") && html.contains("aria-invalid=\"true\""), "{html}");
    }

    #[test]
    fn another_form_of_the_page_is_not_touched() {
        let form = refused().form("archive").initial("destination", "https://a.example");
        assert_eq!((form.value("destination"), form.is_refused()), ("https://a.example".to_owned(), false));
        assert_eq!(refused().status(), StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(FormState::default().status(), StatusCode::OK);
    }
}
