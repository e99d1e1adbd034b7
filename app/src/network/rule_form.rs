//! A new rule for a security group.

use super::calls::SecurityGroupRuleCreate;
use crate::i18n::text;
use crate::project::here;
use crate::ui::{Button, Call, Choice, Form, Hidden, Outcomes, Section, SelectField, TextField, Variant};
use leptos::prelude::*;

/// The rules that people need most, by one click: name, protocol, port.
const PRESETS: [(&str, &str, &str); 4] =
    [("SSH", "tcp", "22"), ("HTTP", "tcp", "80"), ("HTTPS", "tcp", "443"), ("ICMP", "icmp", "")];

#[component]
pub fn RuleForm(group: String) -> impl IntoView {
    let (t, here) = (text(), here());
    let create = ServerAction::<SecurityGroupRuleCreate>::new();
    let directions = ["ingress", "egress"].map(|it| Choice::new(it, (t.network.directions)(it))).to_vec();
    let protocols = ["tcp", "udp", "icmp", "any"].map(|it| Choice::new(it, (t.network.protocols)(it))).to_vec();
    view! {
        <Section title=t.network.add_rule>
            <Presets group=group.clone()/>
            <Form id="rule" call=create submit=t.network.add_rule disabled_because=here.read_only()>
                <Hidden name="project" value=here.project.get_untracked()/>
                <Hidden name="group" value=group/>
                <SelectField name="direction" label=t.network.direction choices=directions required=true/>
                <SelectField name="protocol" label=t.network.protocol choices=protocols required=true/>
                <TextField name="port_first" label=t.network.port_first hint=t.network.port_hint mono=true/>
                <TextField name="port_last" label=t.network.port_last mono=true/>
                <TextField name="remote_cidr" label=t.network.remote_cidr hint=t.network.remote_hint placeholder="0.0.0.0/0" mono=true/>
            </Form>
        </Section>
    }
}

#[component]
fn Presets(group: String) -> impl IntoView {
    let (t, here) = (text(), here());
    let create = ServerAction::<SecurityGroupRuleCreate>::new();
    let preset = move |(name, protocol, port): (&'static str, &'static str, &'static str)| {
        let call = Call::from(create);
        let url = call.url.clone();
        view! {
            <form method="post" action=url on:submit=move |event| call.submit(event)>
                <Hidden name="project" value=here.project.get_untracked()/>
                <Hidden name="group" value=group.clone()/>
                <Hidden name="direction" value="ingress"/>
                <Hidden name="protocol" value=protocol/>
                <Hidden name="port_first" value=port/>
                <Button variant=Variant::Secondary disabled_because=here.read_only()>{(t.network.allow)(name)}</Button>
            </form>
        }
    };
    view! {
        <Outcomes calls=vec![create.into()]/>
        <div class="button-row">{PRESETS.into_iter().map(preset).collect_view()}</div>
    }
}
