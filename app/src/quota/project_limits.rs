//! The limits of one project, beside what it uses: a tab of its page.

use super::calls::{QuotaUpdate, quota_show};
use crate::directory::limit_field;
use crate::i18n::text;
use crate::live::use_live;
use crate::project::here;
use crate::ui::{Form, Hidden, Load};
use api::{Action, Kind};
use leptos::prelude::*;

#[component]
pub fn ProjectQuota(id: String) -> impl IntoView {
    let (t, here, live) = (text(), here(), use_live());
    let update = ServerAction::<QuotaUpdate>::new();
    let of = id.clone();
    let limits = Resource::new(
        move || (here.project.get(), of.clone(), live.version(Kind::Quota)),
        |(project, id, _)| quota_show(project, id),
    );
    view! {
        <p class="page-hint">{t.directory.limits_hint}</p>
        <Load from=limits let:limits>
            {
            let id = id.clone();
            view! {
            <Form id="limits" call=update submit=t.common.save disabled_because=here.not_allowed(Action::ManageQuotas)>
                <Hidden name="project" value=here.project.get_untracked()/>
                <Hidden name="id" value=id/>
                <div class="limits">
                    {limits.get_untracked().into_iter().map(|it| limit_field(it.resource, it.own.then_some(it.limit), it.default, Some(it.used))).collect_view()}
                </div>
            </Form>
            }
            }
        </Load>
    }
}
