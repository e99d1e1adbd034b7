//! The console log of an instance. It follows what the guest writes; without JavaScript it is the last part.

use super::calls::instance_log;
use crate::i18n::text;
use crate::live::{every, listen};
use crate::paths;
use crate::project::here;
use crate::ui::{Empty, Icon, Load, LogView};
use api::InstanceId;
use api::compute::{ConsoleLog, InstanceDetail};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// How often the log is read while its stream is down.
const POLL: Duration = Duration::from_secs(2);
/// How much text is kept in the page, in bytes: what is scrolled away for good makes the page slow.
const KEPT: usize = 512 * 1024;

#[component]
pub fn LogTab(detail: Signal<InstanceDetail>) -> impl IntoView {
    let (t, here) = (text(), here());
    let id = Memo::new(move |_| detail.with(|detail| detail.instance.id));
    let first = Resource::new(
        move || (here.project.get(), id.get()),
        |(project, id)| instance_log(project, id.to_string(), None),
    );
    view! {
        <Load from=first let:first>
            {
                let log = follow(id, first.get_untracked());
                let (label, empty) = (t.compute.log, Memo::new(move |_| log.with(String::is_empty)));
                move || match empty.get() {
                    true => view! { <Empty icon=Icon::Log title=t.compute.no_log hint=t.compute.no_log_hint/> }.into_any(),
                    false => view! { <LogView label text=log/> }.into_any(),
                }
            }
        </Load>
    }
}

/// The log from its last part on, as it grows.
fn follow(id: Memo<InstanceId>, first: ConsoleLog) -> Signal<String> {
    let here = here();
    let (log, next) = (RwSignal::new(first.text), StoredValue::new(first.next));
    let append = move |part: ConsoleLog| {
        if part.next < next.get_value() {
            // The log has begun anew.
            log.set(part.text);
        } else if !part.text.is_empty() {
            log.update(|log| append_to(log, &part.text));
        }
        next.set_value(part.next);
    };
    let up = RwSignal::new(false);
    listen(
        move || paths::instance_log_stream(here.id(), id.get(), next.get_value()),
        up,
        &["message"],
        move |_, data| {
            if let Ok(part) = serde_json::from_str(&data) {
                append(part);
            }
        },
    );
    Effect::new(move |_| {
        if !up.get() {
            every(POLL, move || {
                let from = next.get_value();
                let part = instance_log(here.project.get_untracked(), id.get_untracked().to_string(), Some(from));
                spawn_local(async move {
                    match part.await {
                        // Otherwise the stream, or an earlier answer, has been quicker.
                        Ok(part) if next.try_get_value() == Some(from) => append(part),
                        _ => {}
                    }
                });
            });
        }
    });
    log.into()
}

fn append_to(log: &mut String, part: &str) {
    log.push_str(part);
    if log.len() > KEPT {
        let cut = log.len() - KEPT / 2;
        let line = log.as_bytes()[cut..].iter().position(|byte| *byte == b'\n').map_or(log.len(), |at| cut + at + 1);
        log.drain(..line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_log_loses_whole_lines_from_its_beginning() {
        let line = format!("{}\n", "가".repeat(100));
        let mut log = String::new();
        for _ in 0..KEPT / line.len() + 1 {
            append_to(&mut log, &line);
        }
        assert!(log.len() <= KEPT);
        assert!(log.lines().all(|kept| kept == line.trim_end()));
    }
}
