//! OVSDB's data: atoms, sets and maps, rows and operations, to and from the JSON of RFC 7047 §5. Pure.

use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use uuid::Uuid;

/// One value. Reals are not among them: no column that is read here has one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Atom {
    Integer(i64),
    Boolean(bool),
    Text(String),
    Uuid(Uuid),
    /// A row that the same transaction inserts, by the name it is given there.
    Named(String),
}

/// A column's content. An optional value is a set of none or one, a plain value a set of one: on the wire they cannot be told apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Datum {
    Set(BTreeSet<Atom>),
    Map(BTreeMap<Atom, Atom>),
}

/// Columns by name.
pub type Row = BTreeMap<&'static str, Datum>;

/// A copy of the tables that are watched: rows by their id.
pub type Snapshot = HashMap<&'static str, HashMap<Uuid, Row>>;

/// What to watch: tables with their columns.
pub type Tables = &'static [(&'static str, &'static [&'static str])];

/// One step of a transaction (RFC 7047 §5.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// `name` lets other steps refer to the new row.
    Insert {
        table: &'static str,
        name: String,
        row: Row,
    },
    /// Replaces the columns in `row`.
    Update {
        table: &'static str,
        uuid: Uuid,
        row: Row,
    },
    /// Adds members to a set and takes others out; what else is in it stays.
    Members {
        table: &'static str,
        uuid: Uuid,
        column: &'static str,
        insert: BTreeSet<Atom>,
        delete: BTreeSet<Atom>,
    },
    Delete {
        table: &'static str,
        uuid: Uuid,
    },
}

impl Atom {
    fn to_json(&self) -> Value {
        match self {
            Self::Integer(value) => json!(value),
            Self::Boolean(value) => json!(value),
            Self::Text(value) => json!(value),
            Self::Uuid(value) => json!(["uuid", value.to_string()]),
            Self::Named(value) => json!(["named-uuid", value]),
        }
    }

    fn parse(value: &Value) -> Option<Self> {
        match value {
            Value::Bool(value) => Some(Self::Boolean(*value)),
            Value::Number(value) => value.as_i64().map(Self::Integer),
            Value::String(value) => Some(Self::Text(value.clone())),
            Value::Array(pair) => match pair.as_slice() {
                [Value::String(kind), Value::String(id)] if kind == "uuid" => Uuid::try_parse(id).ok().map(Self::Uuid),
                _ => None,
            },
            _ => None,
        }
    }
}

impl From<&str> for Atom {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Atom {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Atom {
    fn from(value: i64) -> Self {
        Self::Integer(value)
    }
}

impl Datum {
    /// A plain value.
    pub fn one(value: impl Into<Atom>) -> Self {
        Self::Set(BTreeSet::from([value.into()]))
    }

    /// A map of texts.
    pub fn map<K: Into<String>, V: Into<String>>(pairs: impl IntoIterator<Item = (K, V)>) -> Self {
        Self::Map(pairs.into_iter().map(|(key, value)| (Atom::Text(key.into()), Atom::Text(value.into()))).collect())
    }

    /// The map's text under `key`.
    pub fn get(&self, key: &str) -> Option<&str> {
        match self {
            Self::Map(map) => match map.get(&Atom::from(key)) {
                Some(Atom::Text(text)) => Some(text),
                _ => None,
            },
            Self::Set(_) => None,
        }
    }

    /// The members of a set; a map has none.
    pub fn members(&self) -> impl Iterator<Item = &Atom> {
        match self {
            Self::Set(set) => Some(set),
            Self::Map(_) => None,
        }
        .into_iter()
        .flatten()
    }

    pub fn contains(&self, atom: &Atom) -> bool {
        matches!(self, Self::Set(set) if set.contains(atom))
    }

    fn to_json(&self) -> Value {
        match self {
            Self::Set(set) => json_set(set),
            Self::Map(map) => {
                let pairs: Vec<Value> =
                    map.iter().map(|(key, value)| json!([key.to_json(), value.to_json()])).collect();
                json!(["map", pairs])
            }
        }
    }

    fn parse(value: &Value) -> Option<Self> {
        if let Value::Array(pair) = value
            && let [Value::String(kind), Value::Array(items)] = pair.as_slice()
        {
            return match kind.as_str() {
                "set" => items.iter().map(Atom::parse).collect::<Option<_>>().map(Self::Set),
                "map" => items.iter().map(parse_pair).collect::<Option<_>>().map(Self::Map),
                _ => None,
            };
        }
        Atom::parse(value).map(Self::one)
    }
}

fn json_set(set: &BTreeSet<Atom>) -> Value {
    json!(["set", set.iter().map(Atom::to_json).collect::<Vec<_>>()])
}

fn json_row(row: &Row) -> Value {
    Value::Object(row.iter().map(|(column, datum)| ((*column).to_owned(), datum.to_json())).collect())
}

fn parse_pair(value: &Value) -> Option<(Atom, Atom)> {
    match value.as_array()?.as_slice() {
        [key, value] => Some((Atom::parse(key)?, Atom::parse(value)?)),
        _ => None,
    }
}

impl Operation {
    pub(super) fn to_json(&self) -> Value {
        let is = |uuid: &Uuid| json!([["_uuid", "==", ["uuid", uuid.to_string()]]]);
        match self {
            Self::Insert { table, name, row } => {
                json!({"op": "insert", "table": table, "uuid-name": name, "row": json_row(row)})
            }
            Self::Update { table, uuid, row } => {
                json!({"op": "update", "table": table, "where": is(uuid), "row": json_row(row)})
            }
            Self::Members { table, uuid, column, insert, delete } => {
                let both = [("delete", delete), ("insert", insert)];
                let mutations: Vec<Value> = both
                    .iter()
                    .filter(|(_, set)| !set.is_empty())
                    .map(|(how, set)| json!([column, how, json_set(set)]))
                    .collect();
                json!({"op": "mutate", "table": table, "where": is(uuid), "mutations": mutations})
            }
            Self::Delete { table, uuid } => json!({"op": "delete", "table": table, "where": is(uuid)}),
        }
    }
}

/// Takes an update of the watched tables (RFC 7047 §4.1.6) over into the copy. `None` if the text is not one.
pub(super) fn update(snapshot: &mut Snapshot, tables: Tables, updates: &Value) -> Option<()> {
    for (table, rows) in updates.as_object()? {
        let (table, columns) = tables.iter().find(|(name, _)| name == table)?;
        let copy = snapshot.entry(table).or_default();
        for (uuid, change) in rows.as_object()? {
            let uuid = Uuid::try_parse(uuid).ok()?;
            match change.get("new") {
                Some(Value::Object(new)) => copy.insert(uuid, parse_row(columns, new)?),
                _ => copy.remove(&uuid),
            };
        }
    }
    Some(())
}

fn parse_row(columns: &[&'static str], new: &Map<String, Value>) -> Option<Row> {
    columns.iter().map(|column| Some((*column, Datum::parse(new.get(*column)?)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLES: Tables = &[("T", &["name", "ports", "options"])];
    const A: Uuid = Uuid::from_u128(0xa);

    fn uuid(value: Uuid) -> Atom {
        Atom::Uuid(value)
    }

    #[test]
    fn data() {
        let table = [
            (json!("x"), Datum::one("x"), json!(["set", ["x"]])),
            (json!(7), Datum::one(7), json!(["set", [7]])),
            (json!(true), Datum::Set([Atom::Boolean(true)].into()), json!(["set", [true]])),
            (json!(["set", []]), Datum::Set([].into()), json!(["set", []])),
            (json!(["uuid", A.to_string()]), Datum::Set([uuid(A)].into()), json!(["set", [["uuid", A.to_string()]]])),
            (json!(["set", ["b", "a"]]), Datum::Set(["a".into(), "b".into()].into()), json!(["set", ["a", "b"]])),
            (json!(["map", [["k", "v"]]]), Datum::map([("k", "v")]), json!(["map", [["k", "v"]]])),
        ];
        for (wire, datum, back) in table {
            assert_eq!(Datum::parse(&wire).as_ref(), Some(&datum), "{wire}");
            assert_eq!(datum.to_json(), back);
        }
        for wrong in [
            json!(null),
            json!({}),
            json!(["set"]),
            json!(["set", [null]]),
            json!(["map", [["k"]]]),
            json!(["uuid", "x"]),
        ] {
            assert_eq!(Datum::parse(&wrong), None, "{wrong}");
        }
    }

    #[test]
    fn operations() {
        let is = json!([["_uuid", "==", ["uuid", A.to_string()]]]);
        let members = |insert: &[&str], delete: &[&str]| Operation::Members {
            table: "T",
            uuid: A,
            column: "ports",
            insert: insert.iter().map(|name| Atom::Named((*name).to_owned())).collect(),
            delete: delete.iter().map(|text| Atom::from(*text)).collect(),
        };
        let row: Row = [("name", Datum::one("x"))].into();
        let table = [
            (
                Operation::Insert { table: "T", name: "n".to_owned(), row: row.clone() },
                json!({"op": "insert", "table": "T", "uuid-name": "n", "row": {"name": ["set", ["x"]]}}),
            ),
            (
                Operation::Update { table: "T", uuid: A, row },
                json!({"op": "update", "table": "T", "where": is, "row": {"name": ["set", ["x"]]}}),
            ),
            (
                members(&["n"], &[]),
                json!({"op": "mutate", "table": "T", "where": is, "mutations": [["ports", "insert", ["set", [["named-uuid", "n"]]]]]}),
            ),
            (
                members(&[], &["d"]),
                json!({"op": "mutate", "table": "T", "where": is, "mutations": [["ports", "delete", ["set", ["d"]]]]}),
            ),
            (Operation::Delete { table: "T", uuid: A }, json!({"op": "delete", "table": "T", "where": is})),
        ];
        for (operation, expected) in table {
            assert_eq!(operation.to_json(), expected);
        }
    }

    #[test]
    fn updates() {
        let row = |name: &str| json!({"name": name, "ports": ["set", []], "options": ["map", []]});
        let mut snapshot = Snapshot::new();
        let mut apply = |update_: Value| {
            let taken = update(&mut snapshot, TABLES, &update_);
            let name = snapshot.get("T").and_then(|rows| rows.get(&A)).map(|row| row["name"].clone());
            (taken.is_some(), name)
        };
        assert_eq!(apply(json!({"T": {A.to_string(): {"new": row("a")}}})), (true, Some(Datum::one("a"))));
        assert_eq!(
            apply(json!({"T": {A.to_string(): {"old": {"name": "a"}, "new": row("b")}}})),
            (true, Some(Datum::one("b")))
        );
        assert_eq!(apply(json!({"T": {A.to_string(): {"old": row("b")}}})), (true, None));
        assert_eq!(apply(json!({"Other": {}})), (false, None));
        assert_eq!(apply(json!({"T": {A.to_string(): {"new": {"name": "half"}}}})), (false, None));
    }
}
