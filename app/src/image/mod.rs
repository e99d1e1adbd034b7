//! Glance's pages: images.

pub mod calls;
mod image_create;
mod image_list;
mod image_page;
mod upload;

pub use image_create::ImageCreatePage;
pub use image_list::Images;
pub use image_page::ImagePage;

use crate::i18n::text;
use crate::project::here;
use crate::ui::{Icon, Question, RowAction, StateBadge, Tone};
use api::image::{Image, ImageStatus};
use calls::ImageDelete;
use leptos::prelude::*;

fn badge(status: ImageStatus) -> impl IntoView {
    let tone = match status {
        ImageStatus::Queued | ImageStatus::Saving => Tone::Moving,
        ImageStatus::Active => Tone::Good,
        ImageStatus::Killed => Tone::Bad,
    };
    view! { <StateBadge state=status.as_str() tone label=(text().image.status)(status)/> }
}

/// What can be done with an image. Another project's is only there to be used.
fn actions(image: &Image, delete: ServerAction<ImageDelete>) -> Vec<RowAction> {
    let (t, here) = (text(), here());
    let inactive = (image.status != ImageStatus::Active).then(|| t.image.launch_needs_active.to_owned());
    let launch = RowAction::link(
        t.compute.launch_instance,
        Icon::Start,
        crate::paths::with_query(&crate::paths::instance_launch(here.id()), &[("image", &image.id.to_string())]),
    );
    let fields = vec![("project", here.project.get()), ("id", image.id.to_string())];
    let foreign = image.foreign.then(|| t.image.foreign.to_owned());
    let delete = RowAction::post(t.common.delete, Icon::Delete, delete, fields)
        .confirm(Question::new((t.image.delete_title)(&image.name), t.image.delete_body));
    vec![launch.disabled_because(here.read_only().or(inactive)), delete.disabled_because(here.read_only().or(foreign))]
}
