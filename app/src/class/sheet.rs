//! Codes, shown once: to be printed and cut into slips, or saved.

use crate::i18n::text;
use crate::ui::{Notice, SaveButton, Tone, Variant};
use api::class::{Sheet, SheetLine};
use leptos::prelude::*;

#[component]
pub(super) fn SheetView(
    sheet: Sheet,
    /// What has been made.
    #[prop(optional, into)]
    title: Option<String>,
) -> impl IntoView {
    let t = text();
    let title = title.unwrap_or_else(|| (t.class.sheet_title)(sheet.lines.len()));
    let line = |line: SheetLine| {
        view! {
            <tr role="row">
                <td role="cell" data-label=t.class.student>{line.name}</td>
                <td role="cell" data-label=t.class.user><code>{line.user_name}</code></td>
                <td role="cell" data-label=t.class.address><code>{line.url}</code></td>
            </tr>
        }
    };
    view! {
        <section class="sheet">
            <Notice tone=Tone::Attention title=title>
                <p>{t.class.sheet_hint}</p>
                <p><SaveButton name="offing-class.csv" text=sheet.csv variant=Variant::Secondary>{t.class.save_csv}</SaveButton></p>
            </Notice>
            <div class="table-frame">
                <table class="table" role="table" aria-label=t.class.seats>
                    <thead role="rowgroup">
                        <tr role="row">
                            <th role="columnheader" scope="col">{t.class.student}</th>
                            <th role="columnheader" scope="col">{t.class.user}</th>
                            <th role="columnheader" scope="col">{t.class.address}</th>
                        </tr>
                    </thead>
                    <tbody role="rowgroup">{sheet.lines.into_iter().map(line).collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
}
