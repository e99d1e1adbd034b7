//! Glance's pages: images.

pub mod calls;
mod copy_page;
mod image_create;
mod image_edit;
mod image_list;
mod image_page;
mod members;
mod resume;
mod send;
mod shared_list;
mod upload;

pub use copy_page::ImageCopyPage;
pub use image_create::ImageCreatePage;
pub use image_edit::ImageEditPage;
pub use image_list::{AllImages, Images};
pub use image_page::ImagePage;
pub use shared_list::SharedImages;

use crate::i18n::text;
use crate::project::here;
use crate::ui::{Call, Icon, Question, RowAction, StateBadge, Tag, Tone};
use api::image::{Image, ImageStatus, ImageVerb, MemberStatus};
use calls::{ImageDeactivate, ImageDelete, ImageReactivate};
use leptos::prelude::*;

fn badge(status: ImageStatus) -> impl IntoView {
    let tone = match status {
        ImageStatus::Queued | ImageStatus::Saving | ImageStatus::Importing => Tone::Moving,
        ImageStatus::Active => Tone::Good,
        ImageStatus::Deactivated => Tone::Neutral,
        ImageStatus::Killed => Tone::Bad,
    };
    view! { <StateBadge state=status.as_str() tone label=(text().image.status)(status)/> }
}

fn member_badge(status: MemberStatus) -> impl IntoView {
    let tone = match status {
        MemberStatus::Pending => Tone::Attention,
        MemberStatus::Accepted => Tone::Good,
        MemberStatus::Rejected => Tone::Neutral,
    };
    view! { <StateBadge state=status.as_str() tone label=(text().image.member_status)(status)/> }
}

/// Tags, each with the way to what else has it.
fn tag_links(list: &str, tags: &[String]) -> impl IntoView + use<> {
    let link = |tag: &String| {
        let href = crate::paths::with_query(list, &[("tag", tag)]);
        view! { <a class="tag-link" href=href aria-label=(text().image.tagged)(tag)><Tag label=tag.clone()/></a> }
    };
    tags.iter().map(link).collect_view()
}

/// What can be asked of an image's row or page.
#[derive(Clone, Copy)]
struct Verbs {
    delete: ServerAction<ImageDelete>,
    deactivate: ServerAction<ImageDeactivate>,
    reactivate: ServerAction<ImageReactivate>,
}

impl Verbs {
    fn new() -> Self {
        Self { delete: ServerAction::new(), deactivate: ServerAction::new(), reactivate: ServerAction::new() }
    }

    fn calls(self) -> Vec<Call> {
        vec![self.delete.into(), self.deactivate.into(), self.reactivate.into()]
    }

    /// What can be done with an image, and why not. Another project's is only there to be used.
    fn of(self, image: &Image) -> Vec<RowAction> {
        let (t, here) = (text(), here());
        let why = |verb| here.read_only().or_else(|| image.can(verb).err().map(t.image.refusal));
        let fields = || vec![("project", here.project.get()), ("id", image.id.to_string())];
        let launch = RowAction::link(
            t.compute.launch_instance,
            Icon::Start,
            crate::paths::with_query(&crate::paths::instance_launch(here.id()), &[("image", &image.id.to_string())]),
        );
        let edit = RowAction::link(t.image.edit, Icon::Edit, crate::paths::image_edit(here.id(), image.id));
        let download =
            RowAction::link(t.common.download, Icon::Download, crate::paths::image_data(here.id(), image.id))
                .external();
        let copy = RowAction::link(t.image.copy, Icon::Copy, crate::paths::image_copy(here.id(), image.id));
        let volume = RowAction::link(t.image.create_volume, Icon::Add, String::new());
        let activity = if image.status == ImageStatus::Deactivated {
            RowAction::post(t.image.reactivate, Icon::Power, self.reactivate, fields())
                .disabled_because(why(ImageVerb::Reactivate))
        } else {
            RowAction::post(t.image.deactivate, Icon::Power, self.deactivate, fields())
                .confirm(Question::new((t.image.deactivate_title)(&image.name), t.image.deactivate_body).undoable())
                .disabled_because(why(ImageVerb::Deactivate))
        };
        let delete = RowAction::post(t.common.delete, Icon::Delete, self.delete, fields())
            .confirm(Question::new((t.image.delete_title)(&image.name), delete_body(image)));
        vec![
            launch.disabled_because(why(ImageVerb::Launch)),
            edit.disabled_because(why(ImageVerb::Edit)),
            download.disabled_because(image.can(ImageVerb::Download).err().map(t.image.refusal)),
            copy.disabled_because(why(ImageVerb::Copy)),
            volume.disabled_because(Some(t.image.no_block_storage.to_owned())),
            activity,
            delete.disabled_because(why(ImageVerb::Delete)),
        ]
    }
}

/// What becomes of those that depend on it.
fn delete_body(image: &Image) -> String {
    let t = text();
    let depending = [(image.instances, t.image.instances_on_it), (image.members, t.image.members_of_it)];
    let depending = depending.into_iter().filter(|(n, _)| *n > 0).map(|(n, say)| say(n));
    std::iter::once(t.image.delete_body.to_owned()).chain(depending).collect::<Vec<_>>().join(" ")
}
