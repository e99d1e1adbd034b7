//! The keyboard: Ctrl-K or Cmd-K opens a list of places and actions, `?` the list of keys, `/` goes to the search field.

use super::icon::{Glyph, Icon};
use crate::i18n::text;
use leptos::ev::{KeyboardEvent, keydown};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlElement;
use leptos_router::hooks::use_navigate;

/// A place or an action that the palette leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub label: String,
    /// What it belongs to; also searched.
    pub group: String,
    pub icon: Icon,
    pub href: String,
}

/// The palette and the list of keys; part of the frame. Without JavaScript there is nothing to open.
#[component]
pub fn Palette(#[prop(into)] entries: Signal<Vec<Entry>>, open: RwSignal<bool>, help: RwSignal<bool>) -> impl IntoView {
    Effect::new(move |_| {
        let listener = window_event_listener(keydown, move |event| global_key(&event, open, help));
        on_cleanup(move || listener.remove());
    });
    view! {
        <Dialog open label=text().ui.palette class="palette"><Finder entries open/></Dialog>
        <Dialog open=help label=text().ui.keys class="keys"><Keys/></Dialog>
    }
}

fn global_key(event: &KeyboardEvent, open: RwSignal<bool>, help: RwSignal<bool>) {
    let typing = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok()).is_some_and(|element| {
        element.is_content_editable()
            || ["INPUT", "TEXTAREA", "SELECT", "CANVAS"].contains(&element.tag_name().as_str())
    });
    match event.key().as_str() {
        "k" if event.ctrl_key() || event.meta_key() => open.update(|open| *open = !*open),
        _ if typing || event.ctrl_key() || event.meta_key() || event.alt_key() => return,
        "?" => help.set(true),
        "/" => match document()
            .query_selector("input[type=search]")
            .ok()
            .flatten()
            .and_then(|found| found.dyn_into::<HtmlElement>().ok())
        {
            Some(search) => _ = search.focus(),
            None => return,
        },
        _ => return,
    }
    event.prevent_default();
}

/// A modal dialog that follows `open`. Its content is made anew each time.
#[component]
fn Dialog(open: RwSignal<bool>, label: &'static str, class: &'static str, children: ChildrenFn) -> impl IntoView {
    let dialog = NodeRef::<leptos::html::Dialog>::new();
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        if open.get() && !dialog.open() {
            _ = dialog.show_modal();
        } else if !open.get() && dialog.open() {
            dialog.close();
        }
    });
    // A click on the dialog itself is one beside its content.
    let outside = move |event: leptos::ev::MouseEvent| {
        if event.target() == dialog.get_untracked().map(|dialog| dialog.unchecked_into()) {
            open.set(false);
        }
    };
    view! {
        <dialog class=class aria-label=label node_ref=dialog on:close=move |_| open.set(false) on:click=outside>
            {move || open.get().then(|| children())}
        </dialog>
    }
}

#[component]
fn Finder(entries: Signal<Vec<Entry>>, open: RwSignal<bool>) -> impl IntoView {
    let t = text();
    let typed = RwSignal::new(String::new());
    let chosen = RwSignal::new(0_usize);
    let input = NodeRef::<leptos::html::Input>::new();
    Effect::new(move |_| _ = input.get().map(|input| input.focus()));
    let found = Memo::new(move |_| typed.with(|typed| entries.with(|entries| matching(entries, typed))));
    let navigate = use_navigate();
    let go = move |href: &str| {
        open.set(false);
        navigate(href, Default::default());
    };
    let pick = go.clone();
    let key = move |event: KeyboardEvent| {
        let count = found.with(Vec::len);
        match event.key().as_str() {
            // Enter ends a syllable that is being composed before it means anything else.
            _ if event.is_composing() => return,
            "ArrowDown" if count > 0 => chosen.update(|at| *at = (*at + 1) % count),
            "ArrowUp" if count > 0 => chosen.update(|at| *at = (*at + count - 1) % count),
            "Enter" => {
                let href = found.with(|found| found.get(chosen.get_untracked()).map(|entry| entry.href.clone()));
                href.iter().for_each(|href| pick(href));
            }
            _ => return,
        }
        event.prevent_default();
    };
    let option = move |(i, entry): (usize, Entry)| {
        let (go, href) = (go.clone(), entry.href.clone());
        let follow = move |event: leptos::ev::MouseEvent| {
            event.prevent_default();
            go(&href);
        };
        view! {
            <a class="palette-item" id=format!("palette-{i}") role="option" tabindex="-1" href=entry.href
                aria-selected=move || (chosen.get() == i).to_string() on:click=follow>
                <Glyph icon=entry.icon/><span>{entry.label}</span><span class="palette-group">{entry.group}</span>
            </a>
        }
    };
    let list = move || match found.get() {
        found if found.is_empty() => view! { <p class="palette-none">{t.ui.palette_empty}</p> }.into_any(),
        found => found.into_iter().enumerate().map(option.clone()).collect_view().into_any(),
    };
    view! {
        <div class="palette-search">
            <Glyph icon=Icon::Search/>
            <input
                type="text" role="combobox" aria-expanded="true" aria-controls="palette-list" aria-label=t.ui.palette
                aria-activedescendant=move || format!("palette-{}", chosen.get()) autocomplete="off" autofocus=true placeholder=t.ui.palette_hint node_ref=input
                on:input=move |event| { typed.set(event_target_value(&event)); chosen.set(0) } on:keydown=key
            />
        </div>
        <div class="palette-list" id="palette-list" role="listbox" aria-label=t.ui.palette>{list}</div>
    }
}

/// The entries in which every word of the search occurs; those whose label begins with it first.
fn matching(entries: &[Entry], typed: &str) -> Vec<Entry> {
    let typed = typed.trim().to_lowercase();
    let fits = |entry: &&Entry| {
        let whole = format!("{} {}", entry.label, entry.group).to_lowercase();
        typed.split_whitespace().all(|word| whole.contains(word))
    };
    let (mut front, back): (Vec<_>, Vec<_>) =
        entries.iter().filter(fits).cloned().partition(|entry| entry.label.to_lowercase().starts_with(&typed));
    front.extend(back);
    front
}

#[component]
fn Keys() -> impl IntoView {
    let t = text();
    let key = |keys: &'static [&'static str], what: &'static str| {
        view! { <div class="fact"><dt>{keys.iter().map(|key| view! { <kbd>{*key}</kbd> }).collect_view()}</dt><dd>{what}</dd></div> }
    };
    view! {
        <h2>{t.ui.keys}</h2>
        <dl class="facts">
            {key(&["Ctrl", "K"], t.ui.key_palette)}
            {key(&["/"], t.ui.key_search)}
            {key(&["?"], t.ui.key_help)}
            {key(&["Esc"], t.ui.key_close)}
        </dl>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_palette_finds_by_words() {
        let entry = |label: &str, group: &str| Entry {
            label: label.into(),
            group: group.into(),
            icon: Icon::Right,
            href: String::new(),
        };
        let entries = [
            entry("Images", "Compute"),
            entry("Launch instance", "Compute"),
            entry("Instances", "Compute"),
            entry("Networks", "Network"),
        ];
        let check = |typed: &str, expected: &[&str]| {
            let found = matching(&entries, typed);
            assert_eq!(found.iter().map(|entry| entry.label.as_str()).collect::<Vec<_>>(), expected, "{typed:?}");
        };
        check("inst", &["Instances", "Launch instance"]);
        check("comp launch", &["Launch instance"]);
        check("network", &["Networks"]);
        check("", &["Images", "Launch instance", "Instances", "Networks"]);
        check("volume", &[]);
    }
}
