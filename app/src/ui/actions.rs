//! What can be done with a thing: the first action as a button, the others in a menu. The same list serves a row and a page's header.

use super::ask::{Ask, asking_item};
use super::button::{Button, LinkButton, Variant};
use super::call::Call;
use super::confirm::Question;
use super::field::Hidden;
use super::icon::{Glyph, Icon};
use super::menu::{Menu, hide_around};
use crate::i18n::text;
use leptos::prelude::*;

/// One thing that can be done.
#[derive(Clone)]
pub struct RowAction {
    label: String,
    icon: Icon,
    target: Target,
    danger: bool,
    /// The link leads to a file, which is the browser's own business.
    external: bool,
    disabled_because: Option<String>,
    question: Option<Question>,
}

#[derive(Clone)]
enum Target {
    Link(String),
    Post(Call, Vec<(&'static str, String)>),
}

impl RowAction {
    /// Goes to a page.
    pub fn link(label: impl Into<String>, icon: Icon, href: impl Into<String>) -> Self {
        Self::new(label.into(), icon, Target::Link(href.into()))
    }

    /// Posts the fields to a server function.
    pub fn post(
        label: impl Into<String>,
        icon: Icon,
        call: impl Into<Call>,
        fields: Vec<(&'static str, String)>,
    ) -> Self {
        Self::new(label.into(), icon, Target::Post(call.into(), fields))
    }

    fn new(label: String, icon: Icon, target: Target) -> Self {
        Self { label, icon, target, danger: false, external: false, disabled_because: None, question: None }
    }

    /// Shown, but not possible now.
    pub fn disabled_because(self, why: Option<String>) -> Self {
        Self { disabled_because: why, ..self }
    }

    /// A link that the console's own router leaves alone: a download.
    pub fn external(self) -> Self {
        Self { external: true, ..self }
    }

    /// Asks first; for what destroys something.
    pub fn confirm(self, question: Question) -> Self {
        Self { danger: true, question: Some(question), ..self }
    }

    fn stands_out(&self) -> bool {
        self.disabled_because.is_none() && !self.danger && !self.external
    }
}

/// The actions of one thing. `id` is unique in the page; `name` is the thing's name, for those who do not see the row.
#[component]
pub fn RowActions(
    #[prop(into)] id: String,
    #[prop(into)] name: String,
    actions: Vec<RowAction>,
    /// How many stand as buttons; a page's header has room for more than a row.
    #[prop(default = 1)]
    buttons: usize,
) -> impl IntoView {
    let t = text();
    let numbered = actions.into_iter().enumerate();
    let (mut front, mut rest) = (Vec::new(), Vec::new());
    for (i, action) in numbered {
        if front.len() < buttons && action.stands_out() { front.push((i, action)) } else { rest.push((i, action)) }
    }
    let mut standing = None;
    let menu = (!rest.is_empty()).then(|| {
        let items = rest.into_iter().map(|(i, action)| item(&format!("{id}-{i}"), action, &mut standing)).collect_view();
        view! {
            <Menu id=format!("{id}-menu") label=(t.ui.actions_for)(&name) face=|| view! { <Glyph icon=Icon::More/> }>{items}</Menu>
        }
    });
    view! { <div class="actions">{front.into_iter().map(|(_, action)| button(action)).collect_view()}{menu}{standing}</div> }
}

fn button(action: RowAction) -> AnyView {
    let (label, icon) = (action.label, Some(action.icon));
    match action.target {
        Target::Link(href) => {
            view! { <LinkButton href icon variant=Variant::Secondary>{label}</LinkButton> }.into_any()
        }
        Target::Post(call, fields) => post(call, fields, move || view! { <Button icon>{label}</Button> }.into_any()),
    }
}

/// An item of the menu. Where it asks first, and the address asks it already, the question is put into `standing`.
fn item(id: &str, action: RowAction, standing: &mut Option<AnyView>) -> AnyView {
    let class = if action.danger { "menu-item danger" } else { "menu-item" };
    let face = view! { <Glyph icon=action.icon/><span class="menu-text">{action.label.clone()}</span> };
    if let Some(why) = action.disabled_because {
        return view! {
            <button class=class type="button" aria-disabled="true">{face}<span class="menu-why">{why}</span></button>
        }
        .into_any();
    }
    match (action.target, action.question) {
        (Target::Link(href), _) => {
            let rel = action.external.then_some("external");
            view! { <a class=class href=href rel=rel on:click=|event| hide_around(&event)>{face}</a> }.into_any()
        }
        (Target::Post(call, fields), Some(question)) => {
            let ask = Ask { call, fields, question, button: action.label };
            let (item, asked) = asking_item(id, class, face.into_any(), ask);
            *standing = asked.or(standing.take());
            item
        }
        (Target::Post(call, fields), None) => {
            post(call, fields, move || view! { <button class=class type="submit">{face}</button> }.into_any())
        }
    }
}

fn post(call: Call, fields: Vec<(&'static str, String)>, button: impl FnOnce() -> AnyView) -> AnyView {
    let url = call.url.clone();
    let send = move |event: leptos::ev::SubmitEvent| {
        hide_around(&event);
        call.submit(event);
    };
    view! {
        <form method="post" action=url on:submit=send>
            {fields.into_iter().map(|(name, value)| view! { <Hidden name value/> }).collect_view()}
            {button()}
        </form>
    }
    .into_any()
}
