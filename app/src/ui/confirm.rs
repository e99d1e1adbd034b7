//! Asking before something is destroyed.

use super::ask::Ask;
use super::button::{Button, Variant};
use super::call::Call;
use super::field::Hidden;
use super::menu::hide_around;
use crate::i18n::text;
use leptos::prelude::*;

/// What is asked before a form is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Question {
    /// “Delete web-1?”
    pub title: String,
    /// What will happen.
    pub body: String,
    /// What goes with it.
    pub also: Vec<String>,
    /// What has to be typed before: for what takes much with it.
    pub typed: Option<String>,
    /// A word that may go with the answer: the name of its field, and its label.
    pub word: Option<(&'static str, String)>,
    /// Whether it can be undone.
    pub undoable: bool,
}

impl Question {
    pub fn new(title: impl Into<String>, body: impl Into<String>) -> Self {
        Self { title: title.into(), body: body.into(), ..Self::default() }
    }

    /// Things that are destroyed with it.
    pub fn also(self, also: Vec<String>) -> Self {
        Self { also, ..self }
    }

    /// The name must be typed first.
    pub fn typed(self, name: impl Into<String>) -> Self {
        Self { typed: Some(name.into()), ..self }
    }

    /// Something may be said with the answer.
    pub fn word(self, name: &'static str, label: impl Into<String>) -> Self {
        Self { word: Some((name, label.into())), ..self }
    }

    /// Nothing is lost for good.
    pub fn undoable(self) -> Self {
        Self { undoable: true, ..self }
    }
}

/// A dialog that asks and then posts `fields` to `call`. It is opened by a button with `opens=id`, with and without JavaScript.
#[component]
pub fn Confirm(
    #[prop(into)] id: String,
    #[prop(into)] call: Call,
    fields: Vec<(&'static str, String)>,
    question: Question,
    /// The text of the button that does it.
    #[prop(into)]
    button: String,
) -> impl IntoView {
    let ask = Ask { call, fields, question, button };
    view! {
        <div class="dialog" id=id.clone() popover="auto" role="alertdialog" aria-labelledby=format!("{id}-title") aria-describedby=format!("{id}-body")>
            <QuestionForm id=id.clone() ask cancel=Cancel::Popover/>
        </div>
    }
}

/// How the question is left unanswered.
pub(super) enum Cancel {
    /// The dialog around, whose id is the form's, is closed.
    Popover,
    /// By going there.
    Link(String),
}

/// The inside of a dialog. `id` is the prefix of the ids in it.
#[component]
pub(super) fn QuestionForm(#[prop(into)] id: String, ask: Ask, cancel: Cancel) -> impl IntoView {
    let t = text();
    let Ask { call, fields, question, button } = ask;
    let typed_id = format!("{id}-typed");
    let also = (!question.also.is_empty()).then(|| {
        let item = |item: String| view! { <li>{item}</li> };
        view! { <p>{t.ui.also_removed}</p><ul>{question.also.into_iter().map(item).collect_view()}</ul> }
    });
    let typed = question.typed.map(|name| {
        view! {
            <label class="dialog-typed" for=typed_id.clone()>{(t.ui.type_to_confirm)(&name)}</label>
            <input class="input" id=typed_id type="text" required=true pattern=literal(&name) autocomplete="off" autofocus=true/>
        }
    });
    let word = question.word.map(|(name, label)| {
        let word_id = format!("{id}-{name}");
        view! {
            <label class="dialog-typed" for=word_id.clone()>{label}</label>
            <input class="input" id=word_id name=name type="text" autocomplete="off"/>
        }
    });
    let focus = typed.is_none();
    // A question that stands in the page goes with the page.
    let plain = matches!(cancel, Cancel::Link(_));
    let cancel = match cancel {
        Cancel::Popover => view! {
            <button class=Variant::Secondary.class() type="button" popovertarget=id.clone() popovertargetaction="hide" autofocus=focus>{t.common.cancel}</button>
        }
        .into_any(),
        Cancel::Link(href) => view! { <a class=Variant::Secondary.class() href=href autofocus=focus>{t.common.cancel}</a> }.into_any(),
    };
    let url = call.url.clone();
    let send = move |event: leptos::ev::SubmitEvent| {
        if !plain {
            hide_around(&event);
            call.submit(event);
        }
    };
    view! {
        <form method="post" action=url on:submit=send>
            <h2 id=format!("{id}-title")>{question.title}</h2>
            <div class="dialog-body" id=format!("{id}-body")>
                <p>{question.body} {(!question.undoable).then(|| format!(" {}", t.ui.no_undo))}</p>
                {also}
            </div>
            {fields.into_iter().map(|(name, value)| view! { <Hidden name value/> }).collect_view()}
            {typed}
            {word}
            <div class="form-buttons">
                {cancel}
                <Button variant=Variant::Danger>{button}</Button>
            </div>
        </form>
    }
}

/// A regular expression that only `text` itself matches (HTML's `pattern`, which uses JavaScript's `v` flag).
fn literal(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, c| {
        if c.is_ascii_punctuation() && c != '_' {
            // By its number: the `v` flag reserves some doubled punctuation and forbids needless escapes.
            out.push_str(&format!("\\x{:02x}", u32::from(c)));
        } else {
            out.push(c);
        }
        out
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn patterns_are_literal() {
        fn check(text: &str, expected: &str) {
            assert_eq!(super::literal(text), expected);
        }
        check("web_1", "web_1");
        check("a.b-c", "a\\x2eb\\x2dc");
        check("웹 (1)", "웹 \\x281\\x29");
    }
}
