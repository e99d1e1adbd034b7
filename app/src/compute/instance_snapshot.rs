//! An image of an instance's disk.

use super::calls::{InstanceSnapshot, instance_show};
use crate::i18n::text;
use crate::paths;
use crate::project::{here, parameter};
use crate::ui::{Crumb, Form, Hidden, Load, PageHeader, TextField};
use api::compute::Verb;
use leptos::prelude::*;

#[component]
pub fn InstanceSnapshotPage() -> impl IntoView {
    let (t, here, id) = (text(), here(), parameter("id"));
    let take = ServerAction::<InstanceSnapshot>::new();
    let detail = Resource::new(move || (here.project.get(), id.get()), |(project, id)| instance_show(project, id));
    view! {
        <Load from=detail let:detail>
            {
                let instance = detail.get_untracked().instance;
                let why = here.read_only().or_else(|| instance.state.can(Verb::Snapshot).err().map(t.error.refusal));
                let page = paths::instance(here.id(), instance.id);
                let way =
                    vec![Crumb::new(t.common.instances, paths::instances(here.id())), Crumb::new(instance.name.clone(), page.clone())];
                view! {
                    <PageHeader title=t.compute.snapshot_title hint=t.compute.snapshot_hint way/>
                    <Form call=take submit=t.compute.snapshot_take cancel=page disabled_because=why>
                        <Hidden name="project" value=here.project.get_untracked()/>
                        <Hidden name="id" value=instance.id.to_string()/>
                        <TextField
                            name="name" label=t.common.name value=(t.compute.snapshot_of)(&instance.name) hint=t.compute.snapshot_name_hint
                            required=true autofocus=true
                        />
                    </Form>
                }
            }
        </Load>
    }
}
