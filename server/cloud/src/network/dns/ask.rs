//! What a DNS request asks for, and how an answer is written. Pure.

use hickory_proto::op::{Edns, Message, MessageType, Metadata, OpCode, ResponseCode};
use hickory_proto::rr::{DNSClass, Name, RData, Record, RecordType};
use std::net::{IpAddr, Ipv4Addr};

/// Seconds that guests may remember a name of their network.
const TTL: u32 = 30;

/// What a request comes to.
#[derive(Debug, PartialEq, Eq)]
pub enum Ask {
    /// The address of an instance; unless that is `wanted`, whether there is such a name.
    Address {
        host: String,
        wanted: bool,
    },
    /// The name at an address.
    Host(Ipv4Addr),
    /// Nothing to look up.
    Known(ResponseCode),
    Forward,
}

/// What `message` asks for; `None` if it is not a request.
pub fn ask(message: &Message, domain: &Name) -> Option<Ask> {
    if message.metadata.message_type != MessageType::Query {
        return None;
    }
    if message.metadata.op_code != OpCode::Query {
        return Some(Ask::Known(ResponseCode::NotImp));
    }
    let [query] = message.queries.as_slice() else { return Some(Ask::Known(ResponseCode::FormErr)) };
    if query.query_class != DNSClass::IN {
        return Some(Ask::Known(ResponseCode::Refused));
    }
    let name = query.name.to_lowercase();
    let labels = usize::from(name.num_labels());
    let inside = domain.zone_of(&name);
    if inside && labels == usize::from(domain.num_labels()) {
        return Some(Ask::Known(ResponseCode::NoError));
    }
    if query.query_type == RecordType::PTR
        && let Some(address) = reverse(&name)
    {
        return Some(Ask::Host(address));
    }
    let is_host = if inside { labels == usize::from(domain.num_labels()) + 1 } else { labels == 1 };
    let of_address = matches!(query.query_type, RecordType::A | RecordType::AAAA);
    if is_host && (inside || of_address) {
        let host = name.iter().next().and_then(|label| std::str::from_utf8(label).ok());
        let wanted = query.query_type == RecordType::A;
        return Some(
            host.map_or(Ask::Known(ResponseCode::NXDomain), |host| Ask::Address { host: host.to_owned(), wanted }),
        );
    }
    Some(if inside { Ask::Known(ResponseCode::NXDomain) } else { Ask::Forward })
}

/// The address that a name under in-addr.arpa stands for.
fn reverse(name: &Name) -> Option<Ipv4Addr> {
    let network = name.parse_arpa_name().ok()?;
    match network.addr() {
        IpAddr::V4(address) if network.prefix_len() == 32 => Some(address),
        _ => None,
    }
}

/// Whether nobody outside can know the address's name (RFC 6303).
pub fn is_inside(address: Ipv4Addr) -> bool {
    address.is_private() || address.is_loopback() || address.is_link_local() || address.is_unspecified()
}

pub fn respond(request: &Message, code: ResponseCode, data: Option<RData>) -> Option<Vec<u8>> {
    let mut response = Message::response(request.metadata.id, request.metadata.op_code);
    response.metadata = Metadata::response_from_request(&request.metadata);
    response.metadata.response_code = code;
    response.metadata.recursion_available = true;
    response.edns = request.edns.as_ref().map(|_| {
        let mut edns = Edns::new();
        edns.set_max_payload(1232);
        edns
    });
    response.add_queries(request.queries.iter().take(1).cloned());
    if let (Some(query), Some(data)) = (request.queries.first(), data) {
        response.metadata.authoritative = true;
        response.add_answer(Record::from_rdata(query.name.clone(), TTL, data));
    }
    response.to_vec().ok()
}
