//! The consoles of an instance: its screen by noVNC and its serial line by xterm.js. `public/console.js` brings them to life.

use super::calls::InstanceStart;
use crate::i18n::text;
use crate::paths;
use crate::project::here;
use crate::ui::{Button, Empty, Form, Glyph, Hidden, Icon, Variant};
use api::compute::{InstanceDetail, Verb};
use leptos::prelude::*;

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Screen {
    Graphical,
    Serial,
}

#[component]
pub fn ConsoleTab(detail: Signal<InstanceDetail>, screen: Screen) -> impl IntoView {
    let (t, here) = (text(), here());
    let id = Memo::new(move |_| detail.with(|detail| detail.instance.id));
    let refused = Memo::new(move |_| {
        let refusal = detail.with(|detail| detail.instance.state.can(Verb::Console)).err();
        here.read_only().or_else(|| refusal.map(t.error.refusal))
    });
    let startable = Memo::new(move |_| detail.with(|detail| detail.instance.state.can(Verb::Start).is_ok()));
    let start = ServerAction::<InstanceStart>::new();
    let refusal = move |why: String| {
        let button = (startable.get() && here.read_only().is_none()).then(|| {
            view! {
                <Form call=start id="start">
                    <Hidden name="project" value=here.project.get()/>
                    <Hidden name="id" value=id.get().to_string()/>
                    <Button variant=Variant::Primary icon=Some(Icon::Start)>{(t.compute.verb)(Verb::Start)}</Button>
                </Form>
            }
        });
        view! { <Empty icon=Icon::Console title=t.compute.no_console hint=why>{button}</Empty> }
    };
    move || match refused.get() {
        Some(why) => refusal(why).into_any(),
        None => view! { <Console url=console_url(screen, paths::instance(here.id(), id.get())) screen/> }.into_any(),
    }
}

fn console_url(screen: Screen, instance: String) -> String {
    match screen {
        Screen::Graphical => format!("{instance}/console/vnc"),
        Screen::Serial => format!("{instance}/console/serial"),
    }
}

#[component]
fn Console(url: String, screen: Screen) -> impl IntoView {
    let t = text();
    let (kind, hint) = match screen {
        Screen::Graphical => ("vnc", t.compute.vnc_hint),
        Screen::Serial => ("serial", t.compute.serial_hint),
    };
    let button = |what: &'static str, icon: Icon, label: &'static str| {
        view! { <button class="button quiet" type="button" data-do=what><Glyph icon/><span>{label}</span></button> }
    };
    view! {
        <noscript inner_html=t.compute.console_needs_script></noscript>
        <script type="module" src="/console.js"></script>
        <offing-console
            class="console scripted" data-kind=kind data-url=url
            data-connecting=t.compute.console_connecting data-connected=t.compute.console_connected data-broken=t.compute.console_broken
        >
            <div class="console-bar">
                <span class="console-state" role="status"></span>
                {(screen == Screen::Graphical).then(|| button("ctrl-alt-del", Icon::Power, "Ctrl-Alt-Del"))}
                {button("reconnect", Icon::Reboot, t.compute.console_reconnect)}
                {button("full-screen", Icon::FullScreen, t.compute.console_full)}
            </div>
            <div class="console-screen"></div>
        </offing-console>
        <p class="field-hint scripted">{hint}</p>
    }
}
