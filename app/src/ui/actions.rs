//! What can be done with a thing: the first action as a button, the others in a menu. The same list serves a row and a page's header.

use super::ask::{Ask, asked_within, asking_item, standing};
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

    /// What it asks first, if it can be done and asks.
    fn ask(&self) -> Option<Ask> {
        let question = self.question.clone().filter(|_| self.disabled_because.is_none())?;
        let Target::Post(call, fields) = self.target.clone() else { return None };
        Some(Ask { call, fields, question, button: self.label.clone() })
    }
}

/// By what is shown and posted: of calls, their addresses.
impl PartialEq for RowAction {
    fn eq(&self, other: &Self) -> bool {
        let target = match (&self.target, &other.target) {
            (Target::Link(one), Target::Link(other)) => one == other,
            (Target::Post(call, fields), Target::Post(other, others)) => call.url == other.url && fields == others,
            _ => false,
        };
        let parts = |it: &Self| (it.icon, it.danger, it.external);
        target
            && parts(self) == parts(other)
            && self.label == other.label
            && self.disabled_because == other.disabled_because
            && self.question == other.question
    }
}

/// The actions of one thing. `id` is unique in the page; `name` is the thing's name, for those who do not see the row. Only what changes
/// is redrawn, and a menu that is open stays open.
#[component]
pub fn RowActions(
    #[prop(into)] id: String,
    #[prop(into)] name: Signal<String>,
    #[prop(into)] actions: Signal<Vec<RowAction>>,
    /// How many stand as buttons; a page's header has room for more than a row.
    #[prop(default = 1)]
    buttons: usize,
) -> impl IntoView {
    let t = text();
    // Tried only: a row that is taken out of its list loses its signals before its effects.
    let all = Memo::new(move |_| actions.try_get().map(|actions| Parted::new(actions, buttons)).unwrap_or_default());
    let front = move || all.try_with(|all| all.front.iter().cloned().map(button).collect_view());
    let has_menu = Memo::new(move |_| all.try_with(|all| !all.menu.is_empty()).unwrap_or_default());
    let menu = {
        let id = id.clone();
        move || {
            let id = id.clone();
            let label = Signal::derive(move || name.try_with(|name| (t.ui.actions_for)(name)).unwrap_or_default());
            let menu_id = format!("{id}-menu");
            let items = move || {
                let item = |(i, action): &(usize, RowAction)| item(&format!("{id}-{i}"), action.clone());
                all.try_with(|all| all.menu.iter().map(item).collect_view())
            };
            has_menu.try_get().unwrap_or_default().then(|| {
                view! { <Menu id=menu_id label face=|| view! { <Glyph icon=Icon::More/> }>{items}</Menu> }
            })
        }
    };
    let standing = asked_within(&id).map(|asked| {
        move || {
            let of = |(i, action): &(usize, RowAction)| if *i == asked { action.ask() } else { None };
            all.try_with(|all| all.menu.iter().find_map(of)).flatten().map(standing)
        }
    });
    view! { <div class="actions">{front}{menu}{standing}</div> }
}

/// What stands as buttons and what in the menu, each with its place among all.
#[derive(Clone, Default, PartialEq)]
struct Parted {
    front: Vec<RowAction>,
    menu: Vec<(usize, RowAction)>,
}

impl Parted {
    fn new(actions: Vec<RowAction>, buttons: usize) -> Self {
        let mut parted = Self::default();
        for (i, action) in actions.into_iter().enumerate() {
            if parted.front.len() < buttons && action.stands_out() {
                parted.front.push(action);
            } else {
                parted.menu.push((i, action));
            }
        }
        parted
    }
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

fn item(id: &str, action: RowAction) -> AnyView {
    let class = if action.danger { "menu-item danger" } else { "menu-item" };
    let face = view! { <Glyph icon=action.icon/><span class="menu-text">{action.label.clone()}</span> };
    if let Some(why) = action.disabled_because {
        return view! {
            <button class=class type="button" aria-disabled="true">{face}<span class="menu-why">{why}</span></button>
        }
        .into_any();
    }
    if let Some(ask) = action.ask() {
        return asking_item(id, class, face.into_any(), ask);
    }
    match action.target {
        Target::Link(href) => {
            let rel = action.external.then_some("external");
            view! { <a class=class href=href rel=rel on:click=|event| hide_around(&event)>{face}</a> }.into_any()
        }
        Target::Post(call, fields) => {
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
