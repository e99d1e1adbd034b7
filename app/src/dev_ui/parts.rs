//! The components one by one.

use super::samples::{self, LOG, MINUTE, NOW, PUBLIC_KEY};
use crate::i18n::format;
use crate::ui::*;
use leptos::prelude::*;

const REASON: &str = "It is being deleted.";

#[component]
pub fn Parts() -> impl IntoView {
    let why = || Some(REASON.to_owned());
    let messages = messages();
    let instance = samples::id::<api::InstanceId>(1).to_string();
    view! {
        <PageHeader title="Components" hint="Every component in every state."/>
        <div class="sections">
            <Section title="Buttons">
                <div class="dev-row">
                    <Button variant=Variant::Primary icon=Some(Icon::Add)>"Primary"</Button>
                    <Button icon=Some(Icon::Reboot)>"Secondary"</Button>
                    <Button variant=Variant::Quiet icon=Some(Icon::Log)>"Quiet"</Button>
                    <Button variant=Variant::Danger icon=Some(Icon::Delete)>"Danger"</Button>
                    <LinkButton href="?tab=list">"Link"</LinkButton>
                    <IconButton icon=Icon::Copy label="Copy"/>
                </div>
                <div class="dev-row">
                    <Button variant=Variant::Primary disabled_because=why()>"Primary"</Button>
                    <Button icon=Some(Icon::Stop) disabled_because=why()>"Secondary"</Button>
                    <Button variant=Variant::Quiet disabled_because=why()>"Quiet"</Button>
                    <LinkButton href="?tab=list" disabled_because=why()>"Link"</LinkButton>
                </div>
                <div class="dev-row">
                    <Button kind="button" opens="dev-confirm" variant=Variant::Danger>"Ask first"</Button>
                    <button class="button scripted" on:click=move |_| messages.done("web-1 has been started.")>"Say done"</button>
                    <button class="button scripted" on:click=move |_| messages.failed("web-1 could not be started: no host has 4 vCPUs free.")>"Say failed"</button>
                </div>
                <Confirm
                    id="dev-confirm" call=Call::plain("/dev/ui") fields=vec![] button="Delete network"
                    question=Question::new("Delete starter-network?", "Its subnet is deleted with all of its addresses.").also(vec!["starter-subnet (10.0.0.0/24)".into(), "1 router interface".into()]).typed("starter-network")
                />
            </Section>
            <Section title="States">
                <div class="dev-row">
                    <StateBadge state="ACTIVE" tone=Tone::Good label="Active"/>
                    <StateBadge state="BUILD" tone=Tone::Moving label="Build" detail=Some("Spawning".into())/>
                    <StateBadge state="SHUTOFF" tone=Tone::Neutral label="Shutoff"/>
                    <StateBadge state="PAUSED" tone=Tone::Attention label="Paused"/>
                    <StateBadge state="ERROR" tone=Tone::Bad label="Error"/>
                </div>
                <div class="dev-row">
                    <Tag label="public"/><Tag label="default" tone=Tone::Good/><Tag label="external" tone=Tone::Moving/><Tag label="unused" tone=Tone::Attention/><Tag label="refused" tone=Tone::Bad/><Count n=12345/>
                </div>
                <div class="dev-row"><Spinner/><When at=NOW/><When at=NOW - 90 * MINUTE/><Bytes bytes=25_795_584/></div>
                <div class="dev-row dev-wide"><Progress label="Upload" percent=Some(62)/></div>
                <div class="dev-row dev-wide"><Progress label="Launch" percent=None/></div>
            </Section>
            <Section title="Quota">
                <div class="meters">
                    <Meter label="Instances" used=4 limit=10/>
                    <Meter label="vCPUs" used=18 limit=20/>
                    <Meter label="Memory" used=51_200 limit=51_200 show=Some(format::mebibytes)/>
                    <Meter label="Floating IPs" used=3 limit=-1/>
                </div>
            </Section>
            <Section title="Facts" actions=|| view! { <Button kind="button" icon=Some(Icon::Edit)>"Edit"</Button> }>
                <Facts>
                    <Fact name="ID"><Copyable value=instance.clone()/></Fact>
                    <Fact name="Image"><a href="?tab=list">"debian-13-generic"</a></Fact>
                    <Fact name="Key pair">"mina"</Fact>
                    <Fact name="Created"><When at=NOW/></Fact>
                </Facts>
            </Section>
        </div>
        <Notices/>
        <div class="sections">
            <Section title="Code"><CodeBlock label="Public key" text=PUBLIC_KEY/></Section>
            <Section title="Menu">
                <div class="dev-row">
                    <RowActions id="dev" name="web-1" buttons=2 actions=vec![
                        RowAction::link("Open console", Icon::Console, "?tab=detail"),
                        RowAction::post("Stop", Icon::Stop, Call::plain("/dev/ui"), vec![]),
                        RowAction::post("Start", Icon::Start, Call::plain("/dev/ui"), vec![]).disabled_because(Some("It runs already.".into())),
                        RowAction::post("Reboot", Icon::Reboot, Call::plain("/dev/ui"), vec![]),
                        RowAction::post("Delete", Icon::Delete, Call::plain("/dev/ui"), vec![]).confirm(Question::new("Delete web-1?", "The instance and its disk are deleted.")),
                    ]/>
                </div>
            </Section>
        </div>
        <Section title="Log"><LogView label="Console log" text=LOG.to_owned()/></Section>
        <Section title="Icons">
            <ul class="dev-icons">{Icon::ALL.iter().map(|icon| view! { <li><Glyph icon=*icon/><span>{icon.id()}</span></li> }).collect_view()}</ul>
        </Section>
        <Section title="Waiting"><Skeleton rows=3/></Section>
    }
}

#[component]
fn Notices() -> impl IntoView {
    view! {
        <div class="sections dev-notices">
            <Notice tone=Tone::Good title="The key pair has been imported."/>
            <Notice tone=Tone::Neutral title="This host runs guests without KVM.">"They are slower than they could be."</Notice>
            <Notice tone=Tone::Attention title="Save the private key now.">"It is shown once and not kept."</Notice>
            <Failure error=samples::conflict()/>
        </div>
    }
}
