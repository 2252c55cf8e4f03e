use super::*;

/// 10.0.0.0/8 is the operator's.
fn is_trusted(address: IpAddr) -> bool {
    matches!(address, IpAddr::V4(address) if address.octets()[0] == 10)
}

fn claims<'a>(headers: &[(&str, &'a str)]) -> Claims<'a> {
    let lines = |wanted: &str| -> Vec<Cow<'a, str>> {
        headers.iter().filter(|(name, _)| *name == wanted).map(|(_, line)| (*line).into()).collect()
    };
    Claims {
        x_forwarded_for: lines("for"),
        x_forwarded_proto: lines("proto"),
        x_forwarded_host: lines("host"),
        forwarded: lines("forwarded"),
    }
}

fn arrival(peer: &str, headers: &[(&str, &str)]) -> Arrival {
    claims(headers).arrival(peer.parse().expect("an address"), is_trusted)
}

fn address(peer: &str, headers: &[(&str, &str)]) -> String {
    arrival(peer, headers).address.to_string()
}

#[test]
fn behind_trusted_proxies_the_rightmost_untrusted_address_is_the_caller() {
    for (lines, expected) in [
        (vec!["192.0.2.9"], "192.0.2.9"),
        (vec!["1.1.1.1, 192.0.2.9"], "192.0.2.9"),
        (vec!["1.1.1.1, 192.0.2.9, 10.1.1.1"], "192.0.2.9"),
        (vec!["1.1.1.1", "192.0.2.9", "10.1.1.1"], "192.0.2.9"),
        (vec!["192.0.2.9:4711"], "192.0.2.9"),
        (vec!["[2001:db8::7]:4711"], "2001:db8::7"),
        (vec!["2001:db8::7"], "2001:db8::7"),
        (vec!["::ffff:192.0.2.9"], "192.0.2.9"),
        (vec!["10.2.2.2, 10.1.1.1"], "10.2.2.2"),
        (vec!["192.0.2.9, unknown"], "10.0.0.1"),
        (vec!["192.0.2.9, nonsense, 10.1.1.1"], "10.1.1.1"),
        (vec!["\"1.1.1.1, 192.0.2.9"], "192.0.2.9"),
        (vec!["\"", "192.0.2.9"], "192.0.2.9"),
        (vec!["\u{fffd}, 192.0.2.9"], "192.0.2.9"),
        (vec![""], "10.0.0.1"),
        (vec![], "10.0.0.1"),
    ] {
        let headers: Vec<_> = lines.iter().map(|line| ("for", *line)).collect();
        assert_eq!(address("10.0.0.1", &headers), expected, "{lines:?}");
        assert_eq!(address("::ffff:10.0.0.1", &headers), expected, "{lines:?}");
    }
}

#[test]
fn the_standard_header_is_read_too() {
    for (line, expected) in [
        ("for=192.0.2.9", "192.0.2.9"),
        ("For=\"[2001:db8::7]:4711\";proto=https, for=10.1.1.1", "2001:db8::7"),
        ("for=1.1.1.1, for=192.0.2.9;by=10.0.0.1", "192.0.2.9"),
        ("for=\"1.1.1.1, 2.2.2.2\", for=192.0.2.9", "192.0.2.9"),
        ("for=192.0.2.9, for=_hidden", "10.0.0.1"),
        ("for=192.0.2.9, for=\"unclosed", "10.0.0.1"),
        ("by=10.0.0.1", "10.0.0.1"),
    ] {
        assert_eq!(address("10.0.0.1", &[("forwarded", line)]), expected, "{line}");
    }
}

#[test]
fn the_part_that_a_proxy_appends_counts_after_any_text() {
    for before in ["", "for=1.1.1.1", "for=\"", "for=\"1.1.1.1\\", "\"", "a=\"b;c=\"d", "for=\"\\\"", ",,;;=="] {
        for appended in ["for=192.0.2.9;proto=https", "for=\"192.0.2.9:4711\";proto=https"] {
            let line = format!("{before}, {appended}");
            let arrival = arrival("10.0.0.1", &[("forwarded", &line)]);
            assert_eq!((arrival.address.to_string().as_str(), arrival.proto.as_deref()), ("192.0.2.9", Some("https")));
        }
    }
}

#[test]
fn the_standard_header_is_ignored_if_a_proxy_writes_the_usual_ones() {
    let visitor = ("forwarded", "for=192.0.2.8;proto=https;host=evil.example");
    assert_eq!(address("10.0.0.1", &[visitor]), "192.0.2.8");
    let seen = arrival("10.0.0.1", &[visitor, ("for", "192.0.2.9")]);
    assert_eq!((seen.address.to_string().as_str(), seen.proto, seen.host), ("192.0.2.9", None, None));
    for written in [("proto", "http"), ("host", "hear.example")] {
        assert_eq!(address("10.0.0.1", &[visitor, written]), "10.0.0.1");
    }
}

#[test]
fn a_trusted_proxy_names_the_scheme_and_the_host() {
    let usual = [("proto", "https"), ("host", "listen.example:8443")];
    let standard = [("forwarded", "for=192.0.2.9;proto=https;host=\"listen.example:8443\"")];
    for headers in [&usual[..], &standard[..]] {
        let arrival = arrival("10.0.0.1", headers);
        assert_eq!((arrival.proto.as_deref(), arrival.host.as_deref()), (Some("https"), Some("listen.example:8443")));
    }
    assert_eq!(arrival("10.0.0.1", &[("proto", "https, http")]).proto.as_deref(), Some("http"));
    assert_eq!(arrival("10.0.0.1", &[("proto", "https"), ("proto", "http")]).proto.as_deref(), Some("http"));
}

#[test]
fn headers_of_untrusted_callers_do_not_change_their_address() {
    let headers = [("for", "192.0.2.9"), ("proto", "https"), ("host", "evil.example"), ("forwarded", "for=10.0.0.1")];
    for headers in [&headers[..], &headers[3..]] {
        let seen = arrival("203.0.113.5", headers);
        assert_eq!((seen.address.to_string().as_str(), seen.proto, seen.host), ("203.0.113.5", None, None));
    }
}
