//! Sharing an image with projects, seen from its owner's side.

use super::calls::{ImageMemberAdd, ImageMemberRemove, image_member_list};
use super::member_badge;
use crate::i18n::text;
use crate::live::use_live;
use crate::paths;
use crate::project::here;
use crate::ui::{
    Column, Copyable, Empty, Form, Hidden, Icon, LinkButton, Load, Notice, Outcomes, Question, RowAction, Rows,
    Section, Table, TextField, Tone, When,
};
use api::Kind;
use api::image::{Image, ImageMember, ImageRefusal, ImageVerb, Visibility};
use leptos::prelude::*;

#[component]
pub fn Members(image: Image) -> impl IntoView {
    let (t, here, live) = (text(), here(), use_live());
    let (add, remove) = (ServerAction::<ImageMemberAdd>::new(), ServerAction::<ImageMemberRemove>::new());
    let id = image.id;
    if let Err(refusal @ ImageRefusal::Foreign) = image.can(ImageVerb::Edit) {
        return view! { <Notice tone=Tone::Neutral title=t.image.members_foreign>{(t.image.refusal)(refusal)}</Notice> }
            .into_any();
    }
    let members = Resource::new(
        move || (here.project.get(), live.version(Kind::Image)),
        move |(project, _)| image_member_list(project, id.to_string()),
    );
    let columns = vec![
        Column::new("name", t.common.project, |member: &ImageMember| member.project_name.clone()),
        Column::new("id", t.common.id, |member: &ImageMember| view! { <Copyable value=member.project.to_string()/> }),
        Column::new("status", t.common.status, |member: &ImageMember| member_badge(member.status)),
        Column::new("updated", t.common.updated, |member: &ImageMember| view! { <When at=member.updated_at/> }),
    ];
    let rows = Rows::new(|member: &ImageMember| member.project.to_string(), |member| member.project_name.clone())
        .actions(move |member| {
            let fields =
                vec![("project", here.project.get()), ("id", id.to_string()), ("member", member.project.to_string())];
            let question =
                Question::new((t.image.unshare_title)(&member.project_name), t.image.unshare_body).undoable();
            let action = RowAction::post(t.image.unshare, Icon::Delete, remove, fields).confirm(question);
            vec![action.disabled_because(here.read_only())]
        });
    let not_shared = image.visibility != Visibility::Shared;
    let refusal = image.can(ImageVerb::Edit).err();
    let edit = move || {
        let (href, why) = (paths::image_edit(here.id(), id), here.read_only().or_else(|| refusal.map(t.image.refusal)));
        view! { <LinkButton href icon=Some(Icon::Edit) disabled_because=why>{t.image.edit}</LinkButton> }
    };
    view! {
        <Outcomes calls=vec![remove.into()]/>
        <Load from=members let:items>
            {
                let columns = columns.clone();
                let rows = rows.clone();
                let none = Memo::new(move |_| items.with(Vec::is_empty));
                move || match (none.get(), not_shared) {
                    (true, true) => view! { <Empty icon=Icon::Project title=t.image.no_members hint=t.image.not_shared_hint>{edit()}</Empty> }.into_any(),
                    (true, false) => view! { <Empty icon=Icon::Project title=t.image.no_members hint=t.image.no_members_hint/> }.into_any(),
                    (false, _) => view! {
                        {not_shared.then(|| view! { <Notice tone=Tone::Neutral title=t.image.not_shared>{edit()}</Notice> })}
                        <Table label=t.image.members columns=columns.clone() rows=rows.clone() items/>
                    }
                    .into_any(),
                }
            }
        </Load>
        {(!not_shared).then(|| view! {
            <Section title=t.image.share>
                <Form call=add submit=t.image.share disabled_because=here.read_only()>
                    <Hidden name="project" value=here.project.get_untracked()/>
                    <Hidden name="id" value=id.to_string()/>
                    <TextField name="member" label=t.image.member_id hint=t.image.member_id_hint required=true mono=true/>
                </Form>
            </Section>
        })}
    }
    .into_any()
}
