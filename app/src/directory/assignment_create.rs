//! A new role assignment, wherever.

use super::assignment_list::place_kind;
use super::calls::{AssignmentCreate, role_list};
use super::picker;
use super::project_create::role_choices;
use crate::i18n::text;
use crate::paths;
use crate::project::here;
use crate::ui::{CheckboxField, Choice, Crumb, Form, Hidden, Load, PageHeader, SearchField, SelectField};
use api::directory::ActorKind;
use api::{Action, Role};
use leptos::prelude::*;

#[component]
pub fn AssignmentCreatePage() -> impl IntoView {
    let (t, here) = (text(), here());
    let create = ServerAction::<AssignmentCreate>::new();
    let roles = Resource::new(move || here.project.get(), role_list);
    let list = paths::assignments(here.id());
    view! {
        <PageHeader title=t.directory.assign way=vec![Crumb::new(t.common.assignments, list.clone())]/>
        <Load from=roles let:roles>
            {
                let kinds =
                    ActorKind::ALL.map(|kind| Choice::new(kind.as_str(), (t.directory.actor_kinds)(kind))).to_vec();
                let places = ["project", "domain", "system"].map(|kind| Choice::new(kind, place_kind(kind))).to_vec();
                view! {
                    <Form call=create submit=t.directory.assign cancel=list.clone() disabled_because=here.not_allowed(Action::ManageAssignments)>
                        <Hidden name="project" value=here.project.get_untracked()/>
                        <SelectField name="actor_kind" label=t.directory.who choices=kinds required=true/>
                        <SearchField name="actor" label=t.directory.actor hint=t.directory.by_name_or_id search=picker::actors() required=true/>
                        <SelectField name="role" label=t.directory.role choices=role_choices(&roles.get_untracked()) value=Role::Member.as_str() required=true/>
                        <SelectField name="place_kind" label=t.directory.whereto choices=places required=true/>
                        <SearchField name="place" label=t.directory.place hint=t.directory.place_hint search=picker::projects()/>
                        <CheckboxField name="inherited" label=t.directory.inherited hint=t.directory.inherited_hint/>
                    </Form>
                }
            }
        </Load>
    }
}
