//! What other projects share with this one: to be accepted or rejected.

use super::calls::{ImageSharedAnswer, image_shared_list};
use super::member_badge;
use crate::i18n::text;
use crate::live::use_live;
use crate::paths;
use crate::project::{Here, here};
use crate::ui::{
    Bytes, Column, Copyable, Crumb, Empty, Icon, Load, Notice, Outcomes, PageHeader, RowAction, Rows, Table, Tone, When,
};
use api::Kind;
use api::image::{MemberStatus, SharedImage};
use leptos::prelude::*;

#[component]
pub fn SharedImages() -> impl IntoView {
    let (t, here, live) = (text(), here(), use_live());
    let answer = ServerAction::<ImageSharedAnswer>::new();
    let offers = Resource::new(
        move || (here.project.get(), live.version(Kind::Image)),
        |(project, _)| image_shared_list(project),
    );
    let columns = vec![
        Column::new("name", t.common.name, move |shared: &SharedImage| {
            view! { <a href=paths::image(here.id(), shared.image.id)>{shared.image.name.clone()}</a> }
        }),
        Column::new("owner", t.common.owner, |shared: &SharedImage| shared.image.owner_name.clone()),
        Column::new("format", t.image.format, |shared: &SharedImage| shared.image.format.map(|it| it.as_str())),
        Column::new("size", t.common.size, |shared: &SharedImage| {
            shared.image.size.map(|bytes| view! { <Bytes bytes/> })
        })
        .number(),
        Column::new("status", t.common.status, |shared: &SharedImage| member_badge(shared.status)),
        Column::new("created", t.common.created, |shared: &SharedImage| view! { <When at=shared.image.created_at/> }),
    ];
    let rows = Rows::new(|shared: &SharedImage| shared.image.id.to_string(), |shared| shared.image.name.clone())
        .actions(move |shared| answers(here, shared, answer));
    view! {
        <PageHeader title=t.image.shared_images hint=t.image.shared_hint way=vec![Crumb::new(t.common.images, paths::images(here.id()))]/>
        <Outcomes calls=vec![answer.into()]/>
        <Notice tone=Tone::Neutral title=t.image.own_id><Copyable value=here.project.get_untracked()/></Notice>
        <Load from=offers let:items>
            {
                let columns = columns.clone();
                let rows = rows.clone();
                let none = Memo::new(move |_| items.with(Vec::is_empty));
                move || if none.get() {
                    view! { <Empty icon=Icon::Image title=t.image.no_offers hint=t.image.no_offers_hint/> }.into_any()
                } else {
                    view! { <Table label=t.image.shared_images columns=columns.clone() rows=rows.clone() items/> }.into_any()
                }
            }
        </Load>
    }
}

/// Accept and reject, each but the one that has been given.
fn answers(here: Here, shared: &SharedImage, answer: ServerAction<ImageSharedAnswer>) -> Vec<RowAction> {
    let t = text();
    let give = |status: MemberStatus, label: &str, icon| {
        let fields = vec![
            ("project", here.project.get()),
            ("id", shared.image.id.to_string()),
            ("status", status.as_str().to_owned()),
        ];
        let already = (shared.status == status).then(|| t.image.answered.to_owned());
        RowAction::post(label, icon, answer, fields).disabled_because(here.read_only().or(already))
    };
    vec![
        give(MemberStatus::Accepted, t.image.accept, Icon::Check),
        give(MemberStatus::Rejected, t.image.reject, Icon::Close),
    ]
}
