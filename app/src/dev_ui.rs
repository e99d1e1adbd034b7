//! Every component in every state, on one page of debug builds, with pages made of them. Its own words are for those who build the
//! console, so they are English only; the components speak the reader's language.

mod pages;
mod parts;
mod samples;

use crate::layout::{Frame, SignInFrame};
use crate::ui::*;
use leptos::prelude::*;
use pages::{DetailPage, FormPage, ListPage, OverviewPage, SignInPage};
use parts::Parts;

const TABS: &[&str] = &["parts", "overview", "list", "empty", "form", "detail", "error", "sign-in"];

#[component]
pub fn DevUi() -> impl IntoView {
    let tab = current_tab(TABS);
    let outside = Memo::new(move |_| tab.get() == "sign-in");
    move || {
        if outside.get() {
            return view! { <SignInFrame><SignInPage/></SignInFrame> }.into_any();
        }
        let tabs = TABS.iter().map(|key| Tab::new(key, key)).collect();
        let page = move || match tab.get() {
            "overview" => view! { <OverviewPage/> }.into_any(),
            "list" => view! { <ListPage empty=false/> }.into_any(),
            "empty" => view! { <ListPage empty=true/> }.into_any(),
            "form" => view! { <FormPage/> }.into_any(),
            "detail" => view! { <DetailPage/> }.into_any(),
            "error" => view! { <crate::layout::ErrorPage error=samples::not_found()/> }.into_any(),
            _ => view! { <Parts/> }.into_any(),
        };
        view! { <Frame me=samples::me() tasks=samples::tasks()><Tabs label="Sample pages" tabs current=tab/>{page}</Frame> }
            .into_any()
    }
}
