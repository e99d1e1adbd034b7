//! Role assignments: all of them, or those of one user, group, project or domain with a form to add another.

use super::calls::{AssignmentCreate, AssignmentDelete, assignment_list, role_list};
use super::picker;
use super::project_create::role_choices;
use crate::i18n::text;
use crate::live::use_live;
use crate::paths;
use crate::project::here;
use crate::ui::{
    CheckboxField, Choice, Column, Empty, Form, Hidden, Icon, LinkButton, List, Load, Outcomes, PageHeader, Question,
    RowAction, Rows, SearchField, SelectField, Tag, Variant, When, list_query,
};
use api::directory::{Actor, ActorKind, Assignment, Place};
use api::{Action, Kind, Role};
use leptos::prelude::*;

#[component]
pub fn Assignments() -> impl IntoView {
    let (t, here) = (text(), here());
    view! {
        <PageHeader title=t.common.assignments hint=t.directory.assignments_hint>
            {move || view! {
                <LinkButton href=paths::assignment_create(here.id()) variant=Variant::Primary icon=Some(Icon::Add) disabled_because=here.not_allowed(Action::ManageAssignments)>
                    {t.directory.assign}
                </LinkButton>
            }}
        </PageHeader>
        <AssignmentTable of="" id=String::new() again=Signal::stored(0)/>
    }
}

/// Who is in the project of the page, for those who run it.
#[component]
pub fn Members() -> impl IntoView {
    let (t, here) = (text(), here());
    view! {
        <PageHeader title=t.directory.members hint=t.directory.own_members_hint/>
        <AssignmentTable of="project" id=here.project.get_untracked() again=Signal::stored(0)/>
    }
}

/// The list; `of` and `id` as the server function takes them. `again` grows when it has to be read again.
#[component]
fn AssignmentTable(of: &'static str, id: String, again: Signal<usize>) -> impl IntoView {
    let (t, here, live) = (text(), here(), use_live());
    let query = list_query();
    let delete = ServerAction::<AssignmentDelete>::new();
    let versions = move || (live.version(Kind::Assignment), live.version(Kind::Group), again.get());
    let page = Resource::new(
        move || (here.project.get(), id.clone(), query.get(), versions()),
        move |(project, id, query, _)| assignment_list(project, of.to_owned(), id, query),
    );
    let actor = Column::new("actor", t.directory.who, move |it: &Assignment| {
        let (href, kind) = match it.actor {
            Actor::User(user) => (paths::user(here.id(), user), ActorKind::User),
            Actor::Group(group) => (paths::group(here.id(), group), ActorKind::Group),
        };
        let kind = (text().directory.actor_kinds)(kind);
        // Who runs a project sees who is in it, but not the directory.
        let name = match here.allows(Action::ReadUsers) {
            true => view! { <a href=href>{it.actor_name.clone()}</a> }.into_any(),
            false => it.actor_name.clone().into_any(),
        };
        view! { {name}" "<span class="faint">{kind}</span> }
    });
    let place = Column::new("place", t.directory.whereto, move |it: &Assignment| {
        let shown = (text().directory.place_of)(it);
        match it.place {
            _ if !here.allows(Action::ReadProjects) => shown.into_any(),
            Place::Project(project) => view! { <a href=paths::project(here.id(), project)>{shown}</a> }.into_any(),
            Place::Domain(domain) => view! { <a href=paths::domain(here.id(), domain)>{shown}</a> }.into_any(),
            Place::System => shown.into_any(),
        }
    });
    let role = Column::new("role", t.directory.role, |it: &Assignment| {
        let inherited = it.inherited.then(|| view! { " "<Tag label=text().directory.inherited/> });
        view! { <span>{it.role_name.clone()}</span>{inherited} }
    });
    let columns = [
        Some(actor.sortable()),
        Some(role.sortable()),
        Some(place),
        Some(Column::new("created", t.common.created, |it: &Assignment| view! { <When at=it.created_at/> }).sortable()),
    ];
    let columns: Vec<_> = columns.into_iter().flatten().collect();
    let rows = Rows::new(|it: &Assignment| it.id.to_string(), |it| it.actor_name.clone()).actions(move |it| {
        let fields = vec![("project", here.project.get()), ("id", it.id.to_string())];
        let question = Question::new((t.directory.unassign_title)(it), t.directory.unassign_body).undoable();
        let delete = RowAction::post(t.common.remove, Icon::Close, delete, fields).confirm(question);
        vec![delete.disabled_because(here.not_allowed(Action::ManageAssignments))]
    });
    view! {
        <Outcomes calls=vec![delete.into()]/>
        <Load from=page let:page>
            <List
                label=t.common.assignments page query columns=columns.clone() rows=rows.clone() default_sort="created"
                empty=move || view! { <Empty icon=Icon::Assignment title=t.directory.no_assignments hint=t.directory.no_assignments_hint/> }
            />
        </Load>
    }
}

/// The assignments of one thing on its page, with a form for another.
#[component]
pub(super) fn AssignmentsHere(of: &'static str, id: String) -> impl IntoView {
    let (t, here) = (text(), here());
    let create = ServerAction::<AssignmentCreate>::new();
    let roles = Resource::new(move || here.project.get(), role_list);
    let again = Signal::derive(move || create.version().get());
    let fixed = id.clone();
    view! {
        <Load from=roles let:roles>
            {
                let id = fixed.clone();
                let kinds = ActorKind::ALL.map(|kind| Choice::new(kind.as_str(), (t.directory.actor_kinds)(kind))).to_vec();
                let places = ["project", "domain", "system"].map(|kind| Choice::new(kind, place_kind(kind))).to_vec();
                let is_actor = matches!(of, "user" | "group");
                let (who, whereto) = match is_actor {
                    true => (
                        view! { <Hidden name="actor_kind" value=of/><Hidden name="actor" value=id/> }.into_any(),
                        view! {
                            <SelectField name="place_kind" label=t.directory.whereto choices=places required=true/>
                            <SearchField name="place" label=t.directory.place hint=t.directory.place_hint search=picker::projects()/>
                        }.into_any(),
                    ),
                    false => (
                        view! {
                            <SelectField name="actor_kind" label=t.directory.who choices=kinds required=true/>
                            <SearchField name="actor" label=t.directory.actor hint=t.directory.by_name_or_id search=picker::actors() required=true/>
                        }.into_any(),
                        view! { <Hidden name="place_kind" value=of/><Hidden name="place" value=id/> }.into_any(),
                    ),
                };
                view! {
                    <details class="fold" open=create.value().with_untracked(Option::is_some)>
                        <summary>{t.directory.assign}</summary>
                        <Form id="assign" clears=true call=create submit=t.directory.assign disabled_because=here.not_allowed(Action::ManageAssignments)>
                            <Hidden name="project" value=here.project.get_untracked()/>
                            <Hidden name="stay" value="true"/>
                            {who}
                            <SelectField name="role" label=t.directory.role choices=role_choices(&roles.get_untracked()) value=Role::Member.as_str() required=true/>
                            {whereto}
                            <CheckboxField name="inherited" label=t.directory.inherited hint=t.directory.inherited_hint/>
                        </Form>
                    </details>
                }
            }
        </Load>
        <AssignmentTable of id again/>
    }
}

/// The word for a kind of place.
pub(super) fn place_kind(kind: &str) -> &'static str {
    let t = text();
    match kind {
        "project" => t.directory.project,
        "domain" => t.directory.domain,
        _ => t.directory.system,
    }
}
