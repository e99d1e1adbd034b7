//! The flavors: the sizes that instances come in.

use super::calls::flavor_list;
use crate::i18n::{format, text};
use crate::live::use_live;
use crate::paths;
use crate::project::here;
use crate::ui::{Column, Copyable, Icon, Load, PageHeader, RowAction, Rows, Table, Tag};
use api::compute::Flavor;
use api::{Action, Kind};
use leptos::prelude::*;

#[component]
pub fn Flavors() -> impl IntoView {
    let (t, here, live) = (text(), here(), use_live());
    let flavors =
        Resource::new(move || (here.project.get(), live.version(Kind::Flavor)), |(project, _)| flavor_list(project));
    let columns = vec![
        Column::new("name", t.common.name, |flavor: &Flavor| flavor.name.clone()),
        Column::new("vcpus", t.compute.vcpus, |flavor: &Flavor| flavor.vcpus).number(),
        Column::new("memory", t.compute.memory, |flavor: &Flavor| format::mebibytes(flavor.ram_mb)).number(),
        Column::new("disk", t.compute.disk, |flavor: &Flavor| format::gibibytes(flavor.disk_gb)).number(),
        Column::new("properties", t.compute.extra_specs, |flavor: &Flavor| {
            let spec = |(name, value): (&String, &String)| view! { <Tag label=format!("{name} = {value}")/> };
            flavor.properties.iter().map(spec).collect_view()
        }),
        Column::new("id", t.common.id, |flavor: &Flavor| view! { <Copyable value=flavor.id.to_string()/> }),
    ];
    let edit = move |flavor: &Flavor| {
        let edit =
            RowAction::link(t.compute.extra_specs_edit, Icon::Edit, paths::flavor_properties(here.id(), flavor.id));
        vec![edit.disabled_because(here.not_allowed(Action::ManageFlavors))]
    };
    let rows = Rows::new(|flavor: &Flavor| flavor.id.to_string(), |flavor| flavor.name.clone()).actions(edit);
    view! {
        <PageHeader title=t.common.flavors hint=t.compute.flavors_hint/>
        <Load from=flavors let:flavors>
            <Table label=t.common.flavors columns=columns.clone() rows=rows.clone() items=flavors/>
        </Load>
    }
}
