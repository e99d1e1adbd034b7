//! Buttons and links that look like them.

use super::icon::{Glyph, Icon};
use crate::i18n::text;
use leptos::prelude::*;

/// How much a button asks for attention. A page has at most one `Primary`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Variant {
    Primary,
    #[default]
    Secondary,
    /// Without a frame, for what stands in rows and bars.
    Quiet,
    /// Destroys something.
    Danger,
}

impl Variant {
    pub fn class(self) -> &'static str {
        match self {
            Self::Primary => "button primary",
            Self::Secondary => "button",
            Self::Quiet => "button quiet",
            Self::Danger => "button danger",
        }
    }
}

/// A button. Inside a form it submits, unless `kind="button"`.
///
/// With a reason in `disabled_because` it does nothing but tell the reason: it stays in the tab order, and the reason shows on hover and
/// on focus.
#[component]
pub fn Button(
    #[prop(optional)] variant: Variant,
    #[prop(optional_no_strip)] icon: Option<Icon>,
    #[prop(optional_no_strip)] disabled_because: Option<String>,
    #[prop(default = "submit")] kind: &'static str,
    /// The id of the popover that it opens.
    #[prop(optional, into)]
    opens: Option<String>,
    children: Children,
) -> impl IntoView {
    let off = disabled_because.is_some();
    view! {
        <button
            class=variant.class()
            type=if off { "button" } else { kind }
            popovertarget=if off { None } else { opens }
            aria-disabled=off.then_some("true")
            data-reason=disabled_because
        >
            {icon.map(|icon| view! { <Glyph icon/> })}
            <span>{children()}</span>
            {disabled_because.clone().map(|why| view! { <Reason why/> })}
        </button>
    }
}

/// A link that looks like a button: for going somewhere, such as to a create page.
#[component]
pub fn LinkButton(
    #[prop(into)] href: String,
    #[prop(optional)] variant: Variant,
    #[prop(optional_no_strip)] icon: Option<Icon>,
    #[prop(optional_no_strip)] disabled_because: Option<String>,
    children: Children,
) -> impl IntoView {
    let off = disabled_because.is_some();
    view! {
        <a
            class=variant.class()
            href=(!off).then_some(href)
            role=off.then_some("link")
            tabindex=off.then_some("0")
            aria-disabled=off.then_some("true")
            data-reason=disabled_because
        >
            {icon.map(|icon| view! { <Glyph icon/> })}
            <span>{children()}</span>
            {disabled_because.clone().map(|why| view! { <Reason why/> })}
        </a>
    }
}

/// A square button that shows an icon only; `label` is its name.
#[component]
pub fn IconButton(
    icon: Icon,
    #[prop(into)] label: String,
    /// The id of the popover that it opens.
    #[prop(optional, into)]
    opens: Option<String>,
) -> impl IntoView {
    view! {
        <button class="button quiet square" type="button" popovertarget=opens aria-label=label.clone() title=label>
            <Glyph icon/>
        </button>
    }
}

/// The reason of a disabled control for those who do not see the tooltip.
#[component]
fn Reason(why: String) -> impl IntoView {
    view! { <span class="unseen">{format!(" ({})", (text().ui.not_possible)(&why))}</span> }
}
