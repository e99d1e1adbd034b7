//! What all projects use, beside what they may.

use super::amount;
use super::calls::quota_list;
use crate::directory::{by_domain, domains};
use crate::i18n::text;
use crate::live::use_live;
use crate::overview::naming;
use crate::paths;
use crate::project::here;
use crate::ui::{Column, Empty, Icon, List, Load, Rows, filtered_query};
use api::Kind;
use api::quota::{ProjectUsage, Resource as Limited, Usage};
use leptos::prelude::*;

/// From so much of a limit on it is pointed out, in percent.
const NEAR: i64 = 90;

/// What the service can sort by.
const SORTED: [Limited; 5] =
    [Limited::Instances, Limited::Cores, Limited::Ram, Limited::Networks, Limited::FloatingIps];

#[component]
pub fn QuotaOverview() -> impl IntoView {
    let (t, here, live) = (text(), here(), use_live());
    let query = filtered_query(&["domain"]);
    let read = Resource::new(
        move || (here.project.get(), query.get(), live.version(Kind::Quota), live.version(Kind::Project)),
        |(project, query, ..)| async move { futures::try_join!(quota_list(project.clone(), query), domains(project)) },
    );
    let name = Column::new("name", t.directory.project, move |it: &ProjectUsage| {
        let href = paths::with_query(&paths::project(here.id(), it.project), &[("tab", "quotas")]);
        view! { <a href=href>{it.project_name.clone()}</a> }
    });
    let domain = Column::new("domain", t.directory.domain, |it: &ProjectUsage| it.domain_name.clone());
    let of = |(at, resource): (usize, Limited)| {
        let column =
            Column::new(resource.as_str(), naming(resource).0, move |it: &ProjectUsage| it.usage.get(at).map(used));
        if SORTED.contains(&resource) { column.number().sortable() } else { column.number() }
    };
    let mut columns = vec![name.sortable(), domain.sortable()];
    columns.extend(Limited::PER_PROJECT.into_iter().enumerate().map(of));
    let rows = Rows::new(|it: &ProjectUsage| it.project.to_string(), |it| it.project_name.clone());
    view! {
        <Load from=read let:read>
            {
                let page = Signal::derive(move || read.with(|(page, _)| page.clone()));
                let filters = by_domain(read.with_untracked(|(_, domains)| domains.clone()));
                view! {
                    <List
                        label=t.quota.usage page query columns=columns.clone() rows=rows.clone() default_sort="name" filters
                        empty=move || view! { <Empty icon=Icon::Quota title=t.directory.no_projects hint=t.directory.no_projects_hint/> }
                    />
                }
            }
        </Load>
    }
}

fn used(usage: &Usage) -> AnyView {
    let Usage { resource, used, limit } = *usage;
    let near = limit >= 0 && used.saturating_mul(100) >= limit.saturating_mul(NEAR) && used > 0;
    view! { <span class="used" data-near=near.then_some("true")>{amount(resource, used)}" / "{amount(resource, limit)}</span> }
        .into_any()
}
