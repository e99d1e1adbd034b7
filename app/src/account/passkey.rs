//! Passkeys: the list of one's own, making one, the page of one; and the button that asks a device. `public/passkey.js` brings that to life,
//! because only a script may ask, and a small one is there long before the page's program.

use super::calls::{PasskeyBegin, PasskeyFinish, PasskeyRemove, PasskeyRename, passkey_show};
use super::second_factors::Confirmed;
use crate::i18n::text;
use crate::live::use_live;
use crate::paths;
use crate::project::{here, parameter};
use crate::ui::{
    Column, Crumb, Fact, Facts, Form, Glyph, Hidden, Icon, Load, PageHeader, RowAction, Rows, Section, Table,
    TextField, When,
};
use api::Kind;
use api::passkey::{Challenge, Passkey};
use leptos::prelude::*;

/// A button that asks a device and, once that has answered, fills the answer into its form and sends it.
#[component]
pub fn AskDevice(
    label: &'static str,
    /// What is asked, and with which ticket; asked for when the button is pressed where it is not given.
    #[prop(optional)]
    challenge: Option<Challenge>,
) -> impl IntoView {
    let t = text();
    let Challenge { options, ticket } =
        challenge.unwrap_or(Challenge { options: String::new(), ticket: String::new() });
    let kind = if options.is_empty() { "get" } else { "create" };
    view! {
        <noscript inner_html=format!("<p class=\"field-hint\">{}</p>", t.account.passkey_needs_script)></noscript>
        <script type="module" src="/passkey.js"></script>
        <Hidden name="passkey" value=ticket/>
        <Hidden name="credential" value=""/>
        <offing-passkey
            data-kind=kind data-ask=paths::SIGN_IN_PASSKEY data-options=options data-unusable=t.account.passkey_unusable
            data-failed=t.account.passkey_failed data-known=t.account.passkey_known
        >
            <button class="button" type="button"><Glyph icon=Icon::KeyPair/><span>{label}</span></button>
            <p class="field-hint" role="status"></p>
        </offing-passkey>
    }
}

/// One's own, and the way to another.
#[component]
pub fn PasskeyList(
    #[prop(into)] passkeys: Signal<Vec<Passkey>>,
    begin: ServerAction<PasskeyBegin>,
    begun: Signal<Option<Challenge>>,
    finish: ServerAction<PasskeyFinish>,
) -> impl IntoView {
    let (t, here) = (text(), here());
    let columns = vec![
        Column::new("name", t.common.name, move |it: &Passkey| {
            view! { <a href=paths::passkey(here.id(), it.id)>{it.name.clone()}</a> }
        }),
        Column::new("created", t.account.passkey_added, |it: &Passkey| view! { <When at=it.created_at/> }),
        Column::new("used", t.account.passkey_used, |it: &Passkey| match it.used_at {
            Some(at) => view! { <When at/> }.into_any(),
            None => text().account.never_word.into_any(),
        }),
    ];
    let rows = Rows::new(|it: &Passkey| it.id.to_string(), |it| it.name.clone())
        .actions(move |it| vec![RowAction::link(t.account.passkey_edit, Icon::Edit, paths::passkey(here.id(), it.id))]);
    let none = Memo::new(move |_| passkeys.with(Vec::is_empty));
    let table = move || {
        (!none.get()).then(|| {
            view! { <Table label=t.account.passkeys columns=columns.clone() rows=rows.clone() items=passkeys/> }
        })
    };
    view! {
        <Section title=t.account.passkeys>
            <p class="page-hint">{t.account.passkeys_hint}</p>
            {table}
            <Adding begin begun finish/>
        </Section>
    }
}

/// First name and password, then the device.
#[component]
fn Adding(
    begin: ServerAction<PasskeyBegin>,
    begun: Signal<Option<Challenge>>,
    finish: ServerAction<PasskeyFinish>,
) -> impl IntoView {
    // What has been answered is asked no more; what is asked after that is another question.
    let over = RwSignal::new(None);
    Effect::new(move |_| {
        if finish.value().with(|value| matches!(value, Some(Ok(_)))) {
            over.set(Some(begin.version().get_untracked()));
        }
    });
    let asking = Memo::new(move |_| begun.get().filter(|_| over.get() != Some(begin.version().get())));
    move || match asking.get() {
        Some(challenge) => the_device(finish, challenge).into_any(),
        None => name_and_password(begin).into_any(),
    }
}

fn the_device(finish: ServerAction<PasskeyFinish>, challenge: Challenge) -> impl IntoView {
    let (t, here) = (text(), here());
    view! {
        <h3>{t.account.passkey_ready}</h3>
        <p class="page-hint">{t.account.passkey_ready_hint}</p>
        <Form id="passkey" call=finish>
            <Hidden name="project" value=here.project.get_untracked()/>
            <AskDevice label=t.account.passkey_create challenge=challenge/>
        </Form>
    }
}

fn name_and_password(begin: ServerAction<PasskeyBegin>) -> impl IntoView {
    let (t, here) = (text(), here());
    view! {
        <details class="fold">
            <summary>{t.account.passkey_add}</summary>
            <noscript inner_html=format!("<p class=\"field-hint\">{}</p>", t.account.passkey_needs_script)></noscript>
            <Form id="add" call=begin submit=t.account.passkey_begin>
                <Hidden name="project" value=here.project.get_untracked()/>
                <TextField name="name" label=t.common.name required=true hint=t.account.passkey_name_hint/>
                <Confirmed/>
            </Form>
        </details>
    }
}

#[component]
pub fn PasskeyPage() -> impl IntoView {
    let (here, live, id) = (here(), use_live(), parameter("id"));
    let (rename, remove) = (ServerAction::<PasskeyRename>::new(), ServerAction::<PasskeyRemove>::new());
    let passkey = Resource::new(
        move || (here.project.get(), id.get(), live.version(Kind::User)),
        |(project, id, _)| passkey_show(project, id),
    );
    view! { <Load from=passkey let:passkey>{move || one(rename, remove, passkey.get())}</Load> }
}

fn one(rename: ServerAction<PasskeyRename>, remove: ServerAction<PasskeyRemove>, passkey: Passkey) -> impl IntoView {
    let (t, here) = (text(), here());
    let way = vec![Crumb::new(t.account.second_factors, paths::second_factors(here.id()))];
    let used = match passkey.used_at {
        Some(at) => view! { <When at/> }.into_any(),
        None => t.account.never_word.into_any(),
    };
    let (project, id) = (here.project.get_untracked(), passkey.id.to_string());
    let (project_again, id_again) = (project.clone(), id.clone());
    view! {
        <PageHeader title=passkey.name.clone() way/>
        <Facts>
            <Fact name=t.account.passkey_added><When at=passkey.created_at/></Fact>
            <Fact name=t.account.passkey_used>{used}</Fact>
        </Facts>
        <Section title=t.account.passkey_rename>
            <Form id="rename" call=rename submit=t.account.passkey_rename>
                <Hidden name="project" value=project/>
                <Hidden name="id" value=id/>
                <TextField name="name" label=t.common.name value=passkey.name required=true/>
                <Confirmed/>
            </Form>
        </Section>
        <Section title=t.account.passkey_remove>
            <p class="field-hint">{t.account.passkey_remove_hint}</p>
            <Form id="remove" call=remove submit=t.account.passkey_remove danger=true>
                <Hidden name="project" value=project_again/>
                <Hidden name="id" value=id_again/>
                <Confirmed/>
            </Form>
        </Section>
    }
}
