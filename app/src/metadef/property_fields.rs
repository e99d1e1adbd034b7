//! Fields for properties, as the metadata definitions say what their values look like.

use crate::i18n::text;
use crate::ui::{Choice, NumberField, Refused, SelectField, TextArea, TextField};
use api::metadef::{Namespace, Property, PropertyType};
use leptos::prelude::*;
use std::collections::BTreeMap;

/// A field for each property that a namespace defines, folded up by namespace, and one for all others.
#[component]
pub fn PropertyFields(namespaces: Vec<Namespace>, values: BTreeMap<String, String>) -> impl IntoView {
    let t = text();
    let refused = use_context::<Refused>().is_some();
    let mut others = values.clone();
    for property in namespaces.iter().flat_map(|namespace| &namespace.properties) {
        others.remove(&property.name);
    }
    let others = others.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("\n");
    let part = move |namespace: Namespace| {
        let is_set = namespace.properties.iter().filter(|property| values.contains_key(&property.name)).count();
        let fields = namespace.properties.into_iter().map(|property| {
            let value = values.get(&property.name).cloned().unwrap_or_default();
            field(property, value)
        });
        let fields = fields.collect_view();
        view! {
            <details class="fold" open={is_set > 0 || refused}>
                <summary>{namespace.title}{(is_set > 0).then(|| view! { <span class="count">{is_set}</span> })}</summary>
                <p class="field-hint">{namespace.description}</p>
                {fields}
            </details>
        }
    };
    view! {
        {namespaces.into_iter().map(part).collect_view()}
        <TextArea name="others" label=t.image.other_properties hint=t.image.other_properties_hint value=others rows=4 mono=true/>
    }
}

fn field(property: Property, value: String) -> AnyView {
    let t = text();
    let name = format!("properties[{}]", property.name);
    let label = format!("{} ({})", property.title, property.name);
    let hint = property.description;
    let choices = match property.kind {
        PropertyType::Boolean => vec![Choice::new("true", t.common.yes), Choice::new("false", t.common.no)],
        PropertyType::Array => Vec::new(),
        _ => property.choices.iter().map(|choice| Choice::new(choice, choice.clone())).collect(),
    };
    if !choices.is_empty() {
        // A value that the definitions do not know any more can stay.
        let strange = (!value.is_empty() && !choices.iter().any(|choice| choice.value == value))
            .then(|| Choice::new(&value, value.clone()));
        let choices = [Choice::new("", t.image.not_set)].into_iter().chain(strange).chain(choices).collect();
        return view! { <SelectField name label hint choices value/> }.into_any();
    }
    match property.kind {
        PropertyType::Integer => match (property.minimum, property.maximum) {
            (Some(min), Some(max)) => view! { <NumberField name label hint value min max/> }.into_any(),
            (Some(min), None) => view! { <NumberField name label hint value min/> }.into_any(),
            _ => view! { <NumberField name label hint value/> }.into_any(),
        },
        _ => view! { <TextField name label hint value/> }.into_any(),
    }
}
