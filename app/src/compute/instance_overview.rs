//! The overview of an instance: how to reach it, what it is made of.

use super::instance::badge;
use crate::i18n::{format, text};
use crate::network::calls::FloatingIpGive;
use crate::paths;
use crate::project::here;
use crate::ui::{
    Button, CodeBlock, Copyable, Fact, Facts, Form, Hidden, Icon, LinkButton, Section, Tag, Variant, When,
};
use api::compute::{InstanceDetail, Interface, Verb};
use leptos::prelude::*;
use std::collections::BTreeMap;

#[component]
pub fn OverviewTab(detail: Signal<InstanceDetail>) -> impl IntoView {
    view! {
        <div class="sections">
            <Reach detail/>
            {move || facts(detail.get())}
            {move || specification(detail.get())}
            {move || properties(detail.with(|detail| detail.properties.clone()))}
        </div>
    }
}

/// Addresses, and the command that signs in.
#[component]
fn Reach(detail: Signal<InstanceDetail>) -> impl IntoView {
    let (t, here) = (text(), here());
    let give = ServerAction::<FloatingIpGive>::new();
    let floating =
        Memo::new(move |_| detail.with(|detail| detail.interfaces.iter().find_map(|it| it.floating.clone())));
    let give_form = move || {
        let (id, state) = detail.with(|detail| (detail.instance.id, detail.instance.state));
        let refused = state.can(Verb::AssociateFloatingIp).err().map(t.error.refusal);
        view! {
            <p>{t.compute.no_floating}</p>
            <Form call=give id="give">
                <Hidden name="project" value=here.project.get()/>
                <Hidden name="instance" value=id.to_string()/>
                <div class="form-buttons">
                    <Button icon=Some(Icon::FloatingIp) disabled_because=here.read_only().or(refused)>{t.compute.give_floating}</Button>
                </div>
            </Form>
        }
    };
    let ssh = move |address: String| {
        let command = detail.with(|detail| {
            let user = detail.admin_user.as_deref().unwrap_or_else(|| user_of(&detail.instance.image_name));
            ssh_command(user, detail.instance.keypair_name.as_deref(), &address)
        });
        view! {
            <p>{t.compute.ssh_hint}</p>
            <CodeBlock label=t.compute.ssh text=command/>
            <div class="form-buttons">
                <LinkButton href=paths::floating_ips(here.id()) variant=Variant::Quiet>{t.compute.manage_floating}</LinkButton>
            </div>
        }
    };
    view! {
        <Section title=t.compute.reach>
            <div class="reach">
                {move || address_facts(detail.with(|detail| detail.interfaces.clone()))}
                {move || match floating.get() {
                    Some(address) => ssh(address).into_any(),
                    None => give_form().into_any(),
                }}
            </div>
        </Section>
    }
}

fn address_facts(interfaces: Vec<Interface>) -> impl IntoView {
    let t = text();
    let fact = |it: Interface| {
        let floating = it.floating.map(|address| view! { <Copyable value=address/><Tag label=t.compute.floating/> });
        view! { <Fact name=it.network_name><Copyable value=it.address/>{floating}</Fact> }
    };
    view! { <Facts>{interfaces.into_iter().map(fact).collect_view()}</Facts> }
}

fn facts(detail: InstanceDetail) -> impl IntoView {
    let t = text();
    let instance = detail.instance;
    view! {
        <Section title=t.compute.facts>
            <Facts>
                <Fact name=t.common.id><Copyable value=instance.id.to_string()/></Fact>
                <Fact name=t.common.status>{badge(instance.state)}</Fact>
                <Fact name=t.compute.power_state>{(t.compute.power)(instance.power)}</Fact>
                <Fact name=t.compute.host>{detail.host}</Fact>
                <Fact name=t.common.created><When at=instance.created_at/></Fact>
                <Fact name=t.compute.launched>{detail.launched_at.map(|at| view! { <When at/> })}</Fact>
                <Fact name=t.common.updated><When at=detail.updated_at/></Fact>
            </Facts>
        </Section>
    }
}

/// What has been written down about it, if anything has.
fn properties(values: BTreeMap<String, String>) -> Option<impl IntoView> {
    (!values.is_empty()).then(|| {
        let facts = values.into_iter().map(|(name, value)| view! { <Fact name>{value}</Fact> }).collect_view();
        view! { <Section title=text().compute.metadata><Facts>{facts}</Facts></Section> }
    })
}

fn specification(detail: InstanceDetail) -> impl IntoView {
    let (t, here) = (text(), here());
    let instance = detail.instance;
    let image = match detail.image {
        Some(image) => view! { <a href=paths::image(here.id(), image)>{instance.image_name}</a> }.into_any(),
        None => format!("{} ({})", instance.image_name, t.compute.image_deleted).into_any(),
    };
    let group = move |(id, name)| view! { <a class="spaced" href=paths::security_group(here.id(), id)>{name}</a> };
    let groups = detail.security_groups.into_iter().map(group).collect_view();
    let keypair = instance.keypair_name.unwrap_or_else(|| t.common.none.to_owned());
    let user_data = match detail.user_data_bytes {
        0 => t.common.none.to_owned(),
        bytes => format::bytes(bytes),
    };
    view! {
        <Section title=t.compute.specification>
            <Facts>
                <Fact name=t.compute.image>{image}</Fact>
                <Fact name=t.compute.flavor>{instance.flavor_name}</Fact>
                <Fact name=t.compute.vcpus>{detail.vcpus}</Fact>
                <Fact name=t.compute.memory>{format::mebibytes(detail.ram_mb)}</Fact>
                <Fact name=t.compute.disk>{format::gibibytes(detail.disk_gb)}</Fact>
                <Fact name=t.compute.key_pair>{keypair}</Fact>
                <Fact name=t.common.security_groups>{groups}</Fact>
                <Fact name=t.compute.user_data>{user_data}</Fact>
            </Facts>
        </Section>
    }
}

/// The line that signs in.
fn ssh_command(user: &str, keypair: Option<&str>, address: &str) -> String {
    let key = keypair.map(|name| format!("-i {} ", quoted(&format!("{name}.pem")))).unwrap_or_default();
    format!("ssh {key}{}@{address}", quoted(user))
}

/// The user that images of this name are made with, where they say nothing else.
fn user_of(image: &str) -> &'static str {
    let image = image.to_lowercase();
    let known = [
        ("offing", "offing"),
        ("ubuntu", "ubuntu"),
        ("debian", "debian"),
        ("cirros", "cirros"),
        ("fedora", "fedora"),
        ("rocky", "rocky"),
        ("alma", "almalinux"),
        ("centos", "cloud-user"),
        ("arch", "arch"),
        ("alpine", "alpine"),
        ("suse", "opensuse"),
        ("freebsd", "freebsd"),
    ];
    known.into_iter().find(|(name, _)| image.contains(name)).map_or("root", |(_, user)| user)
}

/// The word for a POSIX shell.
fn quoted(word: &str) -> String {
    if word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte)) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_that_signs_in() {
        fn check(image: &str, keypair: Option<&str>, expected: &str) {
            assert_eq!(ssh_command(user_of(image), keypair, "203.0.113.7"), expected);
        }
        check("Offing Guest", Some("web"), "ssh -i web.pem offing@203.0.113.7");
        check("ubuntu-24.04", Some("my key"), "ssh -i 'my key.pem' ubuntu@203.0.113.7");
        check("x", Some("it's"), r"ssh -i 'it'\''s.pem' root@203.0.113.7");
        check("Debian 12", None, "ssh debian@203.0.113.7");
        let hostile = ssh_command("me; rm -rf ~ #", None, "203.0.113.7");
        assert_eq!(hostile, "ssh 'me; rm -rf ~ #'@203.0.113.7", "what an image says is one word");
    }
}
