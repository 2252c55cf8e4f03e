use proptest::prelude::*;

use super::{
    derivation::{Purpose, derive},
    seal::Cipher,
    *,
};

/// RFC 3711, appendix B.3.
const KEY: &str = "E1F97A0D3E018BE0D64FA32C06DE4139";
const SALT: &str = "0EC675AD498AFEEBB6960B3AABE6";

/// RFC 7714, section 16.1.
const PLAIN_RTP: &str =
    "8040f17b8041f8d35501a0b247616c6c696120657374206f6d6e69732064697669736120696e207061727465732074726573";
const SEALED_RTP: &str = "8040f17b8041f8d35501a0b2f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b36de3adf8833\
    899d7f27beb16a9152cf765ee4390cce";
/// RFC 7714, section 17.1.
const PLAIN_RTCP: &str =
    "81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61deadbeefdeadbeefdeadbeefdeadbeefdeadbeef";
const SEALED_RTCP: &str = "81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32dc676a5f1730d6fda4ce09b4686303ded0bb9275b\
    c84aa45896cf4d2fc5abf87245d9eade800005d4";

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().filter(u8::is_ascii_hexdigit).collect();
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).expect("ASCII"), 16).expect("hexadecimal");
    digits.chunks(2).map(pair).collect()
}

fn array<const BYTES: usize>(hex: &str) -> [u8; BYTES] {
    bytes(hex).try_into().expect("so many bytes")
}

fn master(profile: Profile) -> MasterKey {
    MasterKey::new(profile, &bytes(KEY), &bytes(SALT)[..profile.salt_bytes()]).expect("a key and a salt")
}

/// The session keys of RFC 7714, which are not derived there.
fn sample() -> Cipher {
    let salt = array("517569642070726f2071756f");
    Cipher::Gcm(gcm::Gcm::from_session(array("000102030405060708090a0b0c0d0e0f"), salt))
}

#[test]
fn keys_are_derived_as_in_rfc_3711() {
    let master = master(Profile::Aes128CmHmacSha1_80);
    let key: [u8; 16] = derive(&master, Stream::Rtp, Purpose::Encryption);
    let salt: [u8; 14] = derive(&master, Stream::Rtp, Purpose::Salt);
    let authentication: [u8; 20] = derive(&master, Stream::Rtp, Purpose::Authentication);
    assert_eq!(key, array("C61E7A93744F39EE10734AFE3FF7A087"));
    assert_eq!(salt, array("30CBBC08863D8C85D49DB34A9AE1"));
    assert_eq!(authentication, array("CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4"));
}

#[test]
fn the_keystream_is_that_of_rfc_3711() {
    use aes::cipher::KeyInit;
    let aes = aes::Aes128Enc::new(&array("2B7E151628AED2A6ABF7158809CF4F3C").into());
    let mut stream = [0; 48];
    keystream::keystream(&aes, array("F0F1F2F3F4F5F6F7F8F9FAFBFCFD0000"), &mut stream);
    let expected = "E03EAD0935C95E80E166B16DD92B4EB4 D23513162B02D0F72A43A2FE4A5F97AB 41E95B3BB0A2E8DD477901E4FCA894C0";
    assert_eq!(stream, array(expected), "appendix B.2");
}

/// What libsrtp checks itself with.
#[test]
fn counter_mode_seals_as_libsrtp_does() {
    let plain = "800f1234decafbadcafebabeabababababababababababababababab";
    let sealed = "800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb";
    let master = master(Profile::Aes128CmHmacSha1_80);
    let mut packet = bytes(plain);
    packet.resize(packet.len() + 10, 0);
    assert!(RtpSealer::new(&master).seal(&mut packet, 12, 0x1234));
    assert_eq!(packet, bytes(sealed));
    let opened = RtpOpener::new(&master).open(&mut packet, 12).map(|(plain, index)| (plain.to_vec(), index));
    assert_eq!(opened, Ok((bytes(plain), 0x1234)));

    let plain = "81c8000bcafebabeabababababababababababababababab";
    let sealed = "81c8000bcafebabe7128035be487b9bdbef89041f977a5a880000001993e08cd54d6c1230798";
    let mut packet = bytes(plain);
    assert!(RtcpSealer::new(&master).seal(&mut packet));
    assert_eq!(packet, bytes(sealed));
    assert_eq!(RtcpOpener::new(&master).open(&mut packet), Ok(&bytes(plain)[..]));
}

/// What libsrtp checks itself with: here the keys are derived.
#[test]
fn gcm_seals_as_libsrtp_does() {
    let master = MasterKey::new(
        Profile::AeadAes128Gcm,
        &bytes("000102030405060708090a0b0c0d0e0f"),
        &bytes("a0a1a2a3a4a5a6a7a8a9aaab"),
    );
    let mut packet = bytes("800f1234decafbadcafebabeabababababababababababababababab");
    packet.resize(packet.len() + 16, 0);
    assert!(RtpSealer::new(&master.expect("a key and a salt")).seal(&mut packet, 12, 0x1234));
    let sealed = "800f1234decafbadcafebabec5002ede04cfdd2eb91159e0880aa06ed2976826f796b201df3131a127e8a392";
    assert_eq!(packet, bytes(sealed));
}

#[test]
fn rtp_is_sealed_as_in_rfc_7714() {
    let mut packet = bytes(PLAIN_RTP);
    packet.resize(packet.len() + 16, 0);
    assert!(RtpSealer::with(sample()).seal(&mut packet, 12, 0xF17B));
    assert_eq!(packet, bytes(SEALED_RTP));
    let opened = RtpOpener::with(sample()).open(&mut packet, 12).map(|(plain, index)| (plain.to_vec(), index));
    assert_eq!(opened, Ok((bytes(PLAIN_RTP), 0xF17B)));
}

#[test]
fn rtcp_is_sealed_as_in_rfc_7714() {
    let mut packet = bytes(PLAIN_RTCP);
    assert!(RtcpSealer::with(sample(), 0x5D3).seal(&mut packet));
    assert_eq!(packet, bytes(SEALED_RTCP));
    assert_eq!(RtcpOpener::with(sample()).open(&mut packet), Ok(&bytes(PLAIN_RTCP)[..]));
}

#[test]
fn what_dtls_exports_is_cut_in_order() {
    for profile in [Profile::AeadAes128Gcm, Profile::Aes128CmHmacSha1_80] {
        let exported: Vec<u8> = (0..profile.exported_bytes() as u8).collect();
        let keys = Keys::from_exported(profile, &exported).expect("it is long enough");
        assert_eq!((keys.client.key[0], keys.server.key[0], keys.client.salt[0]), (0, 16, 32));
        assert_eq!(usize::from(keys.server.salt[0]), 32 + profile.salt_bytes());
        assert!(Keys::from_exported(profile, &exported[1..]).is_none());
    }
}

#[test]
fn what_came_before_is_not_opened_again() {
    for profile in [Profile::AeadAes128Gcm, Profile::Aes128CmHmacSha1_80] {
        let mut packet = bytes(PLAIN_RTCP);
        assert!(RtcpSealer::new(&master(profile)).seal(&mut packet));
        let (mut first, mut again) = (packet.clone(), packet);
        let mut opener = RtcpOpener::new(&master(profile));
        assert!(opener.open(&mut first).is_ok());
        assert_eq!(opener.open(&mut again), Err(Unopened::Replayed));

        let mut packet = bytes(PLAIN_RTP);
        packet.resize(packet.len() + profile.tag_bytes(), 0);
        assert!(RtpSealer::new(&master(profile)).seal(&mut packet, 12, 0xF17B));
        let (mut first, mut again) = (packet.clone(), packet);
        let mut opener = RtpOpener::new(&master(profile));
        assert!(opener.open(&mut first, 12).is_ok());
        assert_eq!(opener.open(&mut again, 12), Err(Unopened::Replayed));
    }
}

#[test]
fn numbers_roll_over_on_both_sides() {
    for profile in [Profile::AeadAes128Gcm, Profile::Aes128CmHmacSha1_80] {
        let (sealer, mut opener) = (RtpSealer::new(&master(profile)), RtpOpener::new(&master(profile)));
        for index in [0xFFFE_u64, 0xFFFF, 0x1_0001, 0x1_0000, 0x1_FFFF - 0x7FFF] {
            let mut packet = bytes(PLAIN_RTP);
            packet[2..4].copy_from_slice(&(index as u16).to_be_bytes());
            packet.resize(packet.len() + profile.tag_bytes(), 0);
            assert!(sealer.seal(&mut packet, 12, index));
            assert_eq!(opener.open(&mut packet, 12).map(|(_, index)| index), Ok(index));
        }
    }
}

#[test]
fn sources_are_bounded() {
    let mut opener = RtcpOpener::new(&master(Profile::AeadAes128Gcm));
    let mut sealer = RtcpSealer::new(&master(Profile::AeadAes128Gcm));
    let mut open = |ssrc: u32| {
        let mut packet = [&[0x80, 201, 0, 1][..], &ssrc.to_be_bytes()].concat();
        assert!(sealer.seal(&mut packet));
        opener.open(&mut packet).map(<[u8]>::len)
    };
    let opened: Vec<_> = (0..9).map(&mut open).collect();
    assert_eq!(opened[7..], [Ok(8), Err(Unopened::TooManySources)]);
}

proptest! {
    #[test]
    fn a_changed_packet_is_not_opened(at in 0_usize..64, bit in 0_u8..8, is_gcm: bool) {
        let profile = if is_gcm { Profile::AeadAes128Gcm } else { Profile::Aes128CmHmacSha1_80 };
        let mut packet = bytes(PLAIN_RTP);
        packet.resize(packet.len() + profile.tag_bytes(), 0);
        prop_assert!(RtpSealer::new(&master(profile)).seal(&mut packet, 12, 0xF17B));
        let at = at % packet.len();
        packet[at] ^= 1 << bit;
        prop_assert!(RtpOpener::new(&master(profile)).open(&mut packet, 12).is_err());

        let mut packet = bytes(PLAIN_RTCP);
        prop_assert!(RtcpSealer::new(&master(profile)).seal(&mut packet));
        let at = at % packet.len();
        packet[at] ^= 1 << bit;
        prop_assert!(RtcpOpener::new(&master(profile)).open(&mut packet).is_err());
    }

    #[test]
    fn any_bytes_are_refused(bytes in prop::collection::vec(any::<u8>(), 0..80), header in 0_usize..90, is_gcm: bool) {
        let profile = if is_gcm { Profile::AeadAes128Gcm } else { Profile::Aes128CmHmacSha1_80 };
        prop_assert!(RtpOpener::new(&master(profile)).open(&mut bytes.clone(), header).is_err());
        prop_assert!(RtcpOpener::new(&master(profile)).open(&mut bytes.clone()).is_err());
        RtpSealer::new(&master(profile)).seal(&mut bytes.clone(), header, 1);
        RtcpSealer::new(&master(profile)).seal(&mut bytes.clone());
    }
}
