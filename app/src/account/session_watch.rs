//! The watch over the session: tells the server that somebody is there, says in time that the session will end, and lets it end without
//! losing what has been typed. What pages read by themselves makes no session longer.

use super::calls::{session_extend, session_show};
use crate::i18n::text;
use crate::project::here;
use crate::ui::{Button, Notice, Tone, Variant};
use api::Error;
use api::account::SessionLeft;
use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use std::time::Duration;

/// How long before its end a session is spoken of, in seconds.
const WARNING: i64 = 300;
/// A session is looked at again at least so often, in seconds: another tab may have made it longer, or ended it.
const LOOK: i64 = 600;
/// Clicks and keys are told no more often than the server would write them down.
const STEP: Duration = Duration::from_secs(60);

/// What is to be said of the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Good,
    Ending(SessionLeft),
    Ended,
}

#[derive(Clone, Copy)]
struct Watch {
    project: Memo<String>,
    standing: RwSignal<Standing>,
    timer: StoredValue<Option<TimeoutHandle>>,
    /// A form of the page holds something that has not been sent.
    typed: StoredValue<bool>,
    /// The server knows that somebody is there.
    told: StoredValue<bool>,
}

impl Watch {
    /// Looks at the session after so many seconds, in place of any look planned before.
    fn look_in(self, seconds: i64) {
        let wait = Duration::from_secs(u64::try_from(seconds.max(1)).unwrap_or(1));
        let timer = set_timeout_with_handle(move || self.look(), wait).ok();
        if let Some(Some(before)) = self.timer.try_update_value(|planned| std::mem::replace(planned, timer)) {
            before.clear();
        }
    }

    fn look(self) {
        let Some(project) = self.project.try_get_untracked() else { return };
        spawn_local(async move { self.heard(session_show(project).await.map_err(|fail| fail.0)) });
    }

    fn extend(self) {
        let project = self.project.get_untracked();
        spawn_local(async move { self.heard(session_extend(project).await.map_err(|fail| fail.0)) });
    }

    /// Somebody has clicked or typed.
    fn used(self) {
        if self.told.try_get_value() == Some(false) {
            self.tell_later();
            self.extend();
        }
    }

    fn tell_later(self) {
        self.told.try_set_value(true);
        set_timeout(move || _ = self.told.try_set_value(false), STEP);
    }

    fn heard(self, left: Result<SessionLeft, Error>) {
        let now = match left {
            Ok(left) if left.seconds > WARNING => {
                self.look_in((left.seconds - WARNING).min(LOOK));
                Standing::Good
            }
            Ok(left) => {
                self.look_in(left.seconds.min(15));
                Standing::Ending(left)
            }
            Err(Error::Unauthenticated) => {
                if self.typed.try_get_value() != Some(true) {
                    // Nothing is lost: the server knows the way to the sign-in page and back.
                    _ = window().location().reload();
                }
                Standing::Ended
            }
            // The server is away: that is said elsewhere.
            Err(_) => return self.look_in(30),
        };
        self.standing.try_set(now);
    }
}

/// Stands on every page inside a project.
#[component]
pub fn SessionWatch(
    /// The session has been found ended by somebody else.
    #[prop(into)]
    ended: Signal<bool>,
) -> impl IntoView {
    let t = text();
    let watch = Watch {
        project: here().project,
        standing: RwSignal::new(Standing::Good),
        timer: StoredValue::new(None),
        typed: StoredValue::new(false),
        told: StoredValue::new(true),
    };
    Effect::new(move |_| {
        watch.look();
        // Whoever has just come here has told so by that.
        watch.tell_later();
        let used = ["pointerdown", "keydown"].map(|name| window_event_listener_untyped(name, move |_| watch.used()));
        let note = move |event: leptos::web_sys::Event| {
            let target = event.target().and_then(|target| target.dyn_into::<leptos::web_sys::Element>().ok());
            let in_form = target.and_then(|target| target.closest("form[method=post]").ok().flatten()).is_some();
            watch.typed.try_update_value(|typed| *typed |= in_form);
        };
        let (typing, sent) = (
            window_event_listener_untyped("input", note),
            window_event_listener_untyped("submit", move |_| _ = watch.typed.try_set_value(false)),
        );
        let seen = window_event_listener_untyped("visibilitychange", move |_| {
            if !document().hidden() {
                watch.look();
            }
        });
        on_cleanup(move || {
            used.into_iter().for_each(|listener| listener.remove());
            typing.remove();
            sent.remove();
            seen.remove();
            if let Some(Some(timer)) = watch.timer.try_get_value() {
                timer.clear();
            }
        });
    });
    Effect::new(move |_| {
        if ended.get() {
            watch.look();
        }
    });
    let notice = move || {
        match watch.standing.get() {
        Standing::Good => ().into_any(),
        Standing::Ending(left) => {
            let title = (t.account.ending)(&minutes(left.seconds));
            let hint = if left.is_final { t.account.ending_final_hint } else { t.account.ending_hint };
            let stay = (!left.is_final).then(|| {
                view! { <span on:click=move |_| watch.extend()><Button kind="button" variant=Variant::Primary>{t.account.stay}</Button></span> }
            });
            view! { <Notice tone=Tone::Attention title><p>{hint}</p>{stay}</Notice> }.into_any()
        }
        Standing::Ended => view! {
            <Notice tone=Tone::Bad title=t.account.ended>
                <p>{t.account.ended_hint}</p>
                <p class="form-buttons">
                    <a class="button primary" href=crate::paths::SIGN_IN target="_blank" rel="external">{t.account.sign_in_again}</a>
                    <span on:click=move |_| watch.look()><Button kind="button">{t.account.go_on}</Button></span>
                </p>
            </Notice>
        }
        .into_any(),
    }
    };
    view! { <div class="session-watch">{notice}</div> }
}

/// “4:05”.
fn minutes(seconds: i64) -> String {
    let seconds = seconds.max(0);
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_left() {
        fn check(seconds: i64, expected: &str) {
            assert_eq!(super::minutes(seconds), expected);
        }
        check(245, "4:05");
        check(59, "0:59");
        check(-3, "0:00");
    }
}
