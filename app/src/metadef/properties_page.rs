//! What a flavor or an instance carries besides what it is.

use super::PropertyFields;
use super::calls::{PropertiesSet, properties_show};
use crate::i18n::text;
use crate::paths;
use crate::project::{here, parameter};
use crate::ui::{Crumb, Form, Hidden, Load, PageHeader};
use api::metadef::Properties;
use api::{Action, Kind};
use leptos::prelude::*;

#[component]
pub fn InstanceProperties() -> impl IntoView {
    view! { <Page kind=Kind::Instance/> }
}

#[component]
pub fn FlavorProperties() -> impl IntoView {
    view! { <Page kind=Kind::Flavor/> }
}

#[component]
fn Page(kind: Kind) -> impl IntoView {
    let (t, here, id) = (text(), here(), parameter("id"));
    let set = ServerAction::<PropertiesSet>::new();
    // Not read again while somebody types: what has changed meanwhile is told when the form is sent.
    let form = Resource::new(
        move || (here.project.get(), id.get()),
        move |(project, id)| properties_show(project, kind.as_str().to_owned(), id),
    );
    view! {
        <Load from=form let:form>
            {
                let Properties { name, values, namespaces } = form.get_untracked();
                let id = id.get_untracked();
                let (list, list_name, hint, why) = match kind {
                    Kind::Flavor => {
                        let why = here.not_allowed(Action::ManageFlavors);
                        (paths::flavors(here.id()), t.common.flavors, t.compute.extra_specs_hint, why)
                    }
                    _ => (paths::instances(here.id()), t.common.instances, t.compute.metadata_hint, here.read_only()),
                };
                let page = paths::target(here.id(), kind, &id).unwrap_or_else(|| list.clone());
                let thing = if page == list { None } else { Some(Crumb::new(name.clone(), page.clone())) };
                let way = [Crumb::new(list_name, list)].into_iter().chain(thing).collect();
                let title = if kind == Kind::Flavor { (t.compute.extra_specs_of)(&name) } else { t.compute.metadata.to_owned() };
                view! {
                    <PageHeader title hint way/>
                    <Form call=set submit=t.common.save cancel=page disabled_because=why>
                        <Hidden name="project" value=here.project.get_untracked()/>
                        <Hidden name="kind" value=kind.as_str()/>
                        <Hidden name="id" value=id/>
                        <Hidden name="seen" value=Properties::seen(&values)/>
                        <PropertyFields namespaces values/>
                    </Form>
                }
            }
        </Load>
    }
}
