use super::*;
use hickory_proto::op::{MessageType, OpCode, Query};
use hickory_proto::rr::{DNSClass, Record, RecordType};
use std::net::{SocketAddr, UdpSocket as StdSocket};

const WEB: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 5);

/// One network with one instance.
struct One;

#[async_trait]
impl Names for One {
    async fn address(&self, _: NetworkId, host: &str) -> Option<Ipv4Addr> {
        (host == "web-1").then_some(WEB)
    }

    async fn host(&self, _: NetworkId, address: Ipv4Addr) -> Option<String> {
        (address == WEB).then(|| "web-1".to_owned())
    }
}

fn domain() -> Name {
    Name::from_ascii("cloud.internal.").unwrap()
}

fn request(name: &str, kind: RecordType) -> Message {
    let mut message = Message::query();
    message.metadata.id = 7;
    message.metadata.recursion_desired = true;
    message.add_query(Query::query(Name::from_ascii(name).unwrap(), kind));
    message
}

#[test]
fn questions() {
    use RecordType::{A, AAAA, MX, NS, PTR, TXT};
    let address = |host: &str, wanted| Ask::Address { host: host.to_owned(), wanted };
    let nothing = || Ask::Known(ResponseCode::NXDomain);
    let table = [
        ("web-1.cloud.internal.", A, address("web-1", true)),
        ("WEB-1.Cloud.Internal.", A, address("web-1", true)),
        ("web-1.cloud.internal.", AAAA, address("web-1", false)),
        ("web-1.cloud.internal.", TXT, address("web-1", false)),
        ("web-1.cloud.internal.", PTR, address("web-1", false)),
        ("a.b.cloud.internal.", PTR, nothing()),
        ("web-1.", A, address("web-1", true)),
        ("com.", NS, Ask::Forward),
        ("a.b.cloud.internal.", A, nothing()),
        ("cloud.internal.", A, Ask::Known(ResponseCode::NoError)),
        ("example.org.", A, Ask::Forward),
        ("example.org.", MX, Ask::Forward),
        ("notcloud.internal.", A, Ask::Forward),
        ("5.0.0.10.in-addr.arpa.", PTR, Ask::Host(WEB)),
        ("0.10.in-addr.arpa.", PTR, Ask::Forward),
        ("256.0.0.10.in-addr.arpa.", PTR, Ask::Forward),
        (".", NS, Ask::Forward),
    ];
    for (name, kind, expected) in table {
        assert_eq!(ask(&request(name, kind), &domain()), Some(expected), "{name} {kind}");
    }
}

#[test]
fn what_is_no_question() {
    let mut message = request("web-1.", RecordType::A);
    message.metadata.message_type = MessageType::Response;
    assert_eq!(ask(&message, &domain()), None);

    let mut message = request("web-1.", RecordType::A);
    message.metadata.op_code = OpCode::Update;
    assert_eq!(ask(&message, &domain()), Some(Ask::Known(ResponseCode::NotImp)));

    let mut message = request("web-1.", RecordType::A);
    message.add_query(message.queries[0].clone());
    assert_eq!(ask(&message, &domain()), Some(Ask::Known(ResponseCode::FormErr)));

    let mut message = request("version.bind.", RecordType::TXT);
    message.queries[0].query_class = DNSClass::CH;
    assert_eq!(ask(&message, &domain()), Some(Ask::Known(ResponseCode::Refused)));
}

/// A guest of a service on loopback, whose resolvers are `resolvers`.
struct Guest {
    socket: UdpSocket,
    /// Where the service listens for connections.
    connections: SocketAddr,
    closed: CancellationToken,
    service: tokio::task::JoinHandle<io::Result<()>>,
}

impl Guest {
    async fn new(resolvers: Vec<SocketAddr>) -> Self {
        let socket = StdSocket::bind("127.0.0.1:0").unwrap();
        socket.set_nonblocking(true).unwrap();
        let address = socket.local_addr().unwrap();
        let dns =
            Dns::new(uuid::Uuid::nil().into(), "cloud.internal", Arc::new(One), Resolvers::These(resolvers)).unwrap();
        let closed = CancellationToken::new();
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let connections = listener.local_addr().unwrap();
        let service = tokio::spawn(dns.serve(socket, listener, closed.clone()));
        let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        socket.connect(address).await.unwrap();
        Self { socket, connections, closed, service }
    }

    async fn send(&self, bytes: &[u8]) {
        self.socket.send(bytes).await.unwrap();
    }

    async fn receive(&self) -> Message {
        let mut buffer = [0; MAX];
        let length = timeout(Duration::from_secs(20), self.socket.recv(&mut buffer)).await.expect("an answer").unwrap();
        Message::from_vec(&buffer[..length]).unwrap()
    }

    async fn ask(&self, name: &str, kind: RecordType) -> Message {
        self.send(&request(name, kind).to_vec().unwrap()).await;
        let answer = self.receive().await;
        assert_eq!((answer.metadata.id, &answer.queries), (7, &request(name, kind).queries));
        answer
    }
}

fn data(message: &Message) -> Vec<String> {
    message.answers.iter().map(|record| record.data.to_string()).collect()
}

#[tokio::test]
async fn the_networks_own_names() {
    let guest = Guest::new(Vec::new()).await;
    let table: [(&str, RecordType, ResponseCode, &[&str]); 7] = [
        ("web-1.cloud.internal.", RecordType::A, ResponseCode::NoError, &["10.0.0.5"]),
        ("WEB-1.", RecordType::A, ResponseCode::NoError, &["10.0.0.5"]),
        ("web-1.cloud.internal.", RecordType::AAAA, ResponseCode::NoError, &[]),
        ("web-2.cloud.internal.", RecordType::A, ResponseCode::NXDomain, &[]),
        ("5.0.0.10.in-addr.arpa.", RecordType::PTR, ResponseCode::NoError, &["web-1.cloud.internal."]),
        ("6.0.0.10.in-addr.arpa.", RecordType::PTR, ResponseCode::NXDomain, &[]),
        ("example.org.", RecordType::A, ResponseCode::ServFail, &[]),
    ];
    for (name, kind, code, expected) in table {
        let answer = guest.ask(name, kind).await;
        assert_eq!(
            (answer.metadata.response_code, data(&answer)),
            (code, expected.iter().map(ToString::to_string).collect()),
            "{name}"
        );
    }
    guest.closed.cancel();
    guest.service.await.unwrap().unwrap();
}

#[tokio::test]
async fn edns_is_answered_with_edns() {
    let guest = Guest::new(Vec::new()).await;
    let mut message = request("web-1.", RecordType::A);
    message.set_edns(hickory_proto::op::Edns::new());
    guest.send(&message.to_vec().unwrap()).await;
    assert!(guest.receive().await.edns.is_some());
    assert!(guest.ask("web-1.", RecordType::A).await.edns.is_none());
}

#[tokio::test]
async fn the_worlds_names_come_from_the_resolvers() {
    let dead = StdSocket::bind("127.0.0.1:0").unwrap();
    let dead_address = dead.local_addr().unwrap();
    drop(dead);
    let resolver = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let guest = Guest::new(vec![dead_address, resolver.local_addr().unwrap()]).await;
    let answering = async {
        let mut buffer = [0; MAX];
        let (length, from) = resolver.recv_from(&mut buffer).await.unwrap();
        let asked = Message::from_vec(&buffer[..length]).unwrap();
        let reply = |id: u16, name: &Name, address: [u8; 4]| {
            let mut reply = Message::response(id, OpCode::Query);
            reply.add_query(Query::query(name.clone(), RecordType::A));
            reply.add_answer(Record::from_rdata(name.clone(), 60, RData::A(rdata::A(address.into()))));
            reply.to_vec().unwrap()
        };
        let name = &asked.queries[0].name;
        // Forged: another id, another question, no answer at all.
        resolver.send_to(&reply(asked.metadata.id ^ 1, name, [192, 0, 2, 66]), from).await.unwrap();
        resolver
            .send_to(&reply(asked.metadata.id, &Name::from_ascii("evil.org.").unwrap(), [192, 0, 2, 66]), from)
            .await
            .unwrap();
        resolver.send_to(&buffer[..length], from).await.unwrap();
        resolver.send_to(b"x", from).await.unwrap();
        resolver.send_to(&reply(asked.metadata.id, name, [192, 0, 2, 1]), from).await.unwrap();
    };
    let (answer, ()) = tokio::join!(guest.ask("example.org.", RecordType::A), answering);
    assert_eq!(data(&answer), ["192.0.2.1"]);
}

#[tokio::test]
async fn what_does_not_fit_into_a_datagram_goes_by_connection() {
    const LONG: usize = 300;
    let resolver = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let guest = Guest::new(vec![resolver.local_addr().unwrap()]).await;
    let answering = async {
        let mut connection = framed(resolver.accept().await.unwrap().0);
        let asked = Message::from_vec(&connection.next().await.unwrap().unwrap()).unwrap();
        let mut reply = Message::response(asked.metadata.id, OpCode::Query);
        reply.add_queries(asked.queries.clone());
        reply.add_answers((0..LONG).map(|last| {
            let address = Ipv4Addr::from_bits(u32::try_from(last).unwrap());
            Record::from_rdata(asked.queries[0].name.clone(), 60, RData::A(rdata::A(address)))
        }));
        connection.send(Bytes::from(reply.to_vec().unwrap())).await.unwrap();
    };
    let asking = async {
        let mut connection = framed(TcpStream::connect(guest.connections).await.unwrap());
        let mut answers = Vec::new();
        for name in ["web-1.", "example.org."] {
            connection.send(Bytes::from(request(name, RecordType::A).to_vec().unwrap())).await.unwrap();
            answers.push(Message::from_vec(&connection.next().await.unwrap().unwrap()).unwrap());
        }
        answers
    };
    let (answers, ()) = tokio::join!(asking, answering);
    assert_eq!(data(&answers[0]), ["10.0.0.5"]);
    assert_eq!((answers[1].metadata.id, answers[1].answers.len()), (7, LONG));
}

#[tokio::test]
async fn connections_are_bounded() {
    let guest = Guest::new(Vec::new()).await;
    let mut open = Vec::new();
    for _ in 0..CONNECTIONS {
        let mut connection = framed(TcpStream::connect(guest.connections).await.unwrap());
        connection.send(Bytes::from(request("web-1.", RecordType::A).to_vec().unwrap())).await.unwrap();
        assert!(connection.next().await.unwrap().is_ok());
        open.push(connection);
    }
    let mut one_more = framed(TcpStream::connect(guest.connections).await.unwrap());
    assert!(!matches!(one_more.next().await, Some(Ok(_))), "it is closed at once");
}

#[tokio::test]
async fn nonsense_is_survived() {
    let guest = Guest::new(Vec::new()).await;
    let good = request("web-1.cloud.internal.", RecordType::A).to_vec().unwrap();
    // A name that points at itself, and every message cut short.
    let looped = [&good[..12], &[0xc0, 12, 0, 1, 0, 1]].concat();
    guest.send(&looped).await;
    for length in 0..good.len() {
        guest.send(&good[..length]).await;
    }
    guest.send(&[0xff; MAX]).await;
    let answer = guest.ask("web-1.", RecordType::A).await;
    assert_eq!(data(&answer), ["10.0.0.5"]);
}

#[tokio::test]
async fn a_flood_costs_a_bounded_number_of_questions() {
    let resolver = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let guest = Guest::new(vec![resolver.local_addr().unwrap()]).await;
    let question = request("example.org.", RecordType::A).to_vec().unwrap();
    for _ in 0..AT_ONCE * 3 {
        guest.send(&question).await;
    }
    // The resolver never answers: all slots are taken, each of them fails in the end, and then there is room again.
    assert_eq!(guest.receive().await.metadata.response_code, ResponseCode::ServFail);
    let mut arrived = 0;
    let mut buffer = [0; MAX];
    while resolver.try_recv_from(&mut buffer).is_ok() {
        arrived += 1;
    }
    assert!(arrived <= AT_ONCE, "{arrived}");
    let own = async {
        loop {
            guest.send(&request("web-1.", RecordType::A).to_vec().unwrap()).await;
            if data(&guest.receive().await) == ["10.0.0.5"] {
                break;
            }
        }
    };
    timeout(Duration::from_secs(20), own).await.unwrap();
}

#[test]
fn domains() {
    let make = |domain| Dns::new(uuid::Uuid::nil().into(), domain, Arc::new(One), Resolvers::ResolvConf).is_ok();
    assert!(make("cloud.internal") && make("cloud.internal."));
    assert!(!make("a..b") && !make(&"x".repeat(64)));
}
