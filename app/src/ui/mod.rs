//! The components that pages are made of. They know no service: a page gives them texts, values and links.
//!
//! Everything works without JavaScript. Texts come from `i18n`; a component takes what it shows as `impl Into<String>`.
//!
//! ```text
//! // A page's top. It sets the document's title; the children are its actions.
//! <PageHeader title=t.common.instances><LinkButton href variant=Variant::Primary icon=Some(Icon::Add)>{t.compute.launch_instance}</LinkButton></PageHeader>
//! <PageHeader title=name way=vec![Crumb::new(t.common.instances, paths::instances(project))] badges=|| view! { <StateBadge …/> }>…</PageHeader>
//!
//! // Data: shows the children once it is there, the failure otherwise. `page` is a Signal that follows the resource.
//! <Load from=resource let:page>…</Load>
//!
//! // A list: filter bar, sortable table, pager, empty state. `query` is `list_query()`, which the resource reads as well.
//! <List label=t.common.images page query columns rows default_sort="name" statuses=vec![("active", "Active")] empty=|| view! { <Empty …/> }/>
//! let columns = vec![Column::new("name", t.common.name, |i: &Image| view! { <a href=…>{i.name.clone()}</a> }).sortable(), …];  // .number() .wraps()
//! let rows = Rows::new(|i: &Image| i.id.to_string(), |i| i.name.clone()).actions(move |i| vec![RowAction::…]);
//! // Further filters: query = filtered_query(&["visibility"]), <List filters=vec![Choices::new("visibility", label, choices)] …/>
//! // Many rows at once: provide_chosen() in the page, rows.chosen_by("bulk"), <List bar=move || view! { <Bulk id="bulk" call fields question button/> } …/>
//! <Table label columns rows items=signal_of_vec/>                                  // a short list without filter and pages
//!
//! // Actions of a row or a page: the first that is possible is a button, the rest stand in a menu.
//! RowAction::link(label, Icon::Console, href)
//! RowAction::post(label, Icon::Stop, server_action, vec![("id", id)]).disabled_because(why).confirm(Question::new(title, what_happens).also(list).typed(name))
//! <RowActions id="instance" name actions buttons=2/>                                   // in a page's header
//! <Outcomes calls=vec![start.into(), stop.into()]/>                                // shows what went wrong with them; once per page
//! <Confirm id call fields question button/>  opened by  <Button kind="button" opens=id>   // a dialog of one's own
//!
//! // Forms. `call` is a ServerAction or a Call; fields find their faults by name.
//! <Form call=action submit=t.common.create cancel=href>
//!     <TextField name="name" label required=true hint/>  <NumberField unit="GiB"/>  <TextArea mono=true/>  <FileField accept=".qcow2"/>
//!     <NarrowForm id name/> beside the form, <NarrowField form=id name label note/> in it                             // a long list's search
//!     <SearchField name label search/>  <SearchRows name label more search/>  <PickRows name choice_name label choice_label more search choices chosen/>       // search on the server
//!     <SelectField choices=vec![Choice::new(id, label).detail(line)] value/>  <RadioCards choices/>  <CheckboxField checked=true/>  <Hidden name value/>
//! </Form>
//!
//! let made = answered(action);                                                      // what the call answers, to be shown once on the form's page
//!
//! // Values.
//! <StateBadge state="ACTIVE" tone=Tone::Good label detail=Some(task)/>  <Tag label/>  <When at/>  <Bytes bytes/>
//! <Progress label percent/>  <Meter label used limit show=Some(format::mebibytes)/>
//! <Copyable value=id/>  <CodeBlock label text/>  <LogView label text=signal/>
//! <Section title><Facts><Fact name>value</Fact></Facts></Section>
//!
//! // Places.
//! late(memo)                                                                        // for a memo of your own that decides which view is shown
//! switch(move || match current.get() { … => view! { <LogTab/> }.into_any() })    // views to choose from, with a <Load> inside
//! let current = current_tab(&["overview", "log"]);  <Tabs label tabs=vec![Tab::new("overview", title).count(3)] current/>
//! <Empty icon title hint>buttons</Empty>  <Notice tone title>text</Notice>  <Failure error/>  <Skeleton/>  <Spinner/>  <Glyph icon/>
//! <Menu id label face=|| …><MenuGroup title><MenuLink href>text</MenuLink></MenuGroup></Menu>
//! messages().done(text)                                                             // floats for a moment; take `messages()` in the body
//! ```
//!
//! `disabled_because: Option<String>` turns a control off and says why. Only one button of a page is `Variant::Primary`.

mod actions;
mod address;
mod amount;
mod ask;
mod bulk;
mod button;
mod call;
mod confirm;
mod copy;
mod empty;
mod field;
mod form;
mod icon;
mod kv;
mod late;
mod list;
mod load;
mod log;
mod menu;
mod notice;
mod page_header;
mod palette;
mod pick;
mod redirect;
mod save;
mod skeleton;
mod state;
mod table;
mod tabs;
mod when;

pub use actions::{RowAction, RowActions};
pub use address::{filtered_query, list_query};
pub use amount::{Bytes, Meter, Progress};
pub use ask::{ASK, AskingArea};
pub use bulk::{Bulk, provide_chosen};
pub use button::{Button, IconButton, LinkButton, Variant};
pub use call::{Call, STANDS_ON, StandsOn};
pub use confirm::{Confirm, Question};
pub use copy::{CopyButton, Copyable};
pub use empty::Empty;
pub use field::{
    CheckboxField, Checks, Choice, FileField, Hidden, NumberField, RadioCards, SelectField, TextArea, TextField,
};
pub use form::{Answered, Form, Refused, answered, asked_for};
pub use icon::{Glyph, Icon};
pub use kv::{Fact, Facts, Section};
pub use late::{late, switch};
pub use list::{Choices, Count, FilterBar, List, Pager};
pub use load::Load;
pub use log::{CodeBlock, LogView};
pub use menu::{Menu, MenuGroup, MenuLink, hide_around};
pub use notice::{Failure, MessageArea, Messages, Notice, Outcomes, messages, provide_messages};
pub use page_header::{Breadcrumbs, Crumb, PageHeader};
pub use palette::{Entry, Palette};
pub use pick::{NarrowField, NarrowForm, PickRows, Search, SearchField, SearchRows};
pub use redirect::{follow_redirects, provide_redirects};
pub use save::SaveButton;
pub use skeleton::{Skeleton, Spinner};
pub use state::{StateBadge, Tag, Tone};
pub use table::{Column, Rows, Table};
pub use tabs::{Tab, Tabs, current_tab};
pub use when::{Reading, When, provide_clock};
