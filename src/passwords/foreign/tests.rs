//! Hashes that other programs made, and texts that are none.

use rstest::rstest;

use super::ForeignHash;

const FIREBASE: &str = "$firebase-scrypt$ln=14,r=8$42xEC+ixf3L2lw==$Bw==$jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==";

/// Published examples: Firebase's scrypt tool, crypt_blowfish, RFC 7914 §12, RFC 6070 and its counterpart for SHA-256. The
/// others were computed with Python's hashlib, and by the libraries themselves: Django 5.2, Werkzeug 3.1, passlib 1.7 and
/// better-auth 1.7.
#[rstest]
#[case::firebase(FIREBASE, "user1password")]
#[case::bcrypt("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U")]
#[case::bcrypt_of_php("$2y$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U")]
#[case::scrypt(
    "$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofLVQylVYT8Pz2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw",
    "pleaseletmein"
)]
#[case::pbkdf2_sha1("$pbkdf2-sha1$i=4096$c2FsdA$SwB5AbdlSJq+rUnZJvch0GWkKcE", "password")]
#[case::pbkdf2_sha256("$pbkdf2-sha256$i=4096,l=32$c2FsdA==$xeR41ZKIyEGqUw22hFxMjZYok6ABzk4RpJY4c6qYE0o", "password")]
#[case::pbkdf2_sha512(
    "$pbkdf2-sha512$i=4096$c2FsdA$0Zexsz2wFD4BixLz0dFHnmzevcyXxcD4f2kC4HL0V7UUPzBgJkGz1VzTNZiMs2uEN2Bg7NUy4Dm3QqI5Q0ry1Q",
    "password"
)]
#[case::django_scrypt(
    "scrypt$1024$seasaltseasaltseasalt1$8$5$m0MwtsCP1WeBYhillKpmWOvdyeAxL6iuhK6FdPds+iAilBZMNx6wvJdzmCZ0FxVa3eOd40Zyw9fkzHbDjfqTcA==",
    "l\u{e8}tmein"
)]
#[case::django_bcrypt("bcrypt$$2b$05$CCCCCCCCCCCCCCCCCCCCC./mc37Kdhrv0B3/.B13E.XXGgHg1yCoy", "l\u{e8}tmein")]
#[case::django_bcrypt_of_sha256(
    "bcrypt_sha256$$2b$05$CCCCCCCCCCCCCCCCCCCCC.bdNwF18LmuBgx.3vdUAHc5aN/.UHaVC",
    "l\u{e8}tmein"
)]
#[case::werkzeug_scrypt(
    "scrypt:1024:8:1$8n87Pl3hr0gZBe30$4f40588f23941394afc0e3cb7ecf77cce84360ea8879882977a6012471540ae62ce1f2f4ac351f8495a3710d779484a863d90a413ffd6be214e1fa929822f31b",
    "l\u{e8}tmein"
)]
#[case::werkzeug_pbkdf2(
    "pbkdf2:sha256:1000$cBarEimFAMROqkYH$9bfeff8623bb9066330b057ec11ce704689c577a9623094f558b44e47080b953",
    "l\u{e8}tmein"
)]
#[case::passlib_pbkdf2_sha256(
    "$pbkdf2-sha256$1000$dM6Zk7LWmvP.31vLuXeuVQ$ivGbmH7TZkCtPDHwWGbc2W5lTsDDp470OY5fyon/uDo",
    "l\u{e8}tmein"
)]
#[case::passlib_pbkdf2("$pbkdf2$1000$HaPUOicEQKjVmlMqRah1Tg$Vgqf1Rc0hhXav/7V7lF0B06GdxU", "l\u{e8}tmein")]
#[case::passlib_scrypt(
    "$scrypt$ln=8,r=8,p=1$Uao1RmiNcY7x/p9zDoEQ4g$eez5Ci3vsJ6AVqOcHLVtOIOo0boXF1NdXJ6kbZNdnOE",
    "l\u{e8}tmein"
)]
#[case::better_auth(
    "037274dd6cf2d13841a98ef8885d37ab:a277d7c35c7111700f8c5d0c84cf612c1b47ae01e018a8269743fa82a9719449f49b6c27ec097616a82c0f4fbea166860fb367328da78971041fc9d978646b07",
    "l\u{e8}tmein"
)]
#[case::django("pbkdf2_sha256$10000$seasalt$CWWFdHOWwPnki7HvkcqN9iA2T3KLW1cf2uZ5kvArtVY=", "l\u{e8}tmein")]
fn published_hashes_verify(#[case] hash: &str, #[case] password: &str) {
    let hash = ForeignHash::read(hash).expect("readable");
    assert_eq!(hash.verify(&password.into()), Some(true));
    for wrong in ["", "Password", "user1passwor", "U*U*"] {
        assert_eq!(hash.verify(&wrong.into()), Some(false), "{wrong}");
    }
}

#[rstest]
#[case::ours("$argon2id$v=19$m=19456,t=2,p=1$BwcHBwcHBwcHBwcHBwcHBw$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
#[case::empty("")]
#[case::plain_text("password")]
#[case::md5("5f4dcc3b5aa765d61d8327deb882cf99")]
#[case::bcrypt_cost("$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")]
#[case::bcrypt_cut("$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOe")]
#[case::scrypt_memory("$scrypt$ln=22,r=8,p=1$c2FsdA$AAAAAAAAAAAAAAAAAAAAAA")]
#[case::scrypt_overflow("$scrypt$ln=63,r=4294967295,p=1$c2FsdA$AAAAAAAAAAAAAAAAAAAAAA")]
#[case::bcrypt_alphabet("$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyO=W")]
#[case::a_control_character("pbkdf2_sha256$10000$sea\0salt$CWWFdHOWwPnki7HvkcqN9iA2T3KLW1cf2uZ5kvArtVY=")]
#[case::scrypt_nothing("$scrypt$ln=10,r=0,p=1$c2FsdA$AAAAAAAAAAAAAAAAAAAAAA")]
#[case::scrypt_lanes("$scrypt$ln=14,r=8,p=17$c2FsdA$AAAAAAAAAAAAAAAAAAAAAA")]
#[case::pbkdf2_iterations("$pbkdf2-sha256$i=4000000000$c2FsdA$AAAAAAAAAAAAAAAAAAAAAA")]
#[case::pbkdf2_none("$pbkdf2-sha256$i=0$c2FsdA$AAAAAAAAAAAAAAAAAAAAAA")]
#[case::pbkdf2_md5("$pbkdf2-md5$i=1000$c2FsdA$AAAAAAAAAAAAAAAAAAAAAA")]
#[case::short_hash("$pbkdf2-sha256$i=1000$c2FsdA$AAAA")]
#[case::passlib_iterations("$pbkdf2-sha256$4000000000$c2FsdA$AAAAAAAAAAAAAAAAAAAAAA")]
#[case::django_bcrypt_cost("bcrypt$$2b$31$CCCCCCCCCCCCCCCCCCCCC./mc37Kdhrv0B3/.B13E.XXGgHg1yCoy")]
#[case::django_scrypt_memory("scrypt$4194304$salt$8$1$AAAAAAAAAAAAAAAAAAAAAA")]
#[case::django_scrypt_no_power_of_two("scrypt$1000$salt$8$1$AAAAAAAAAAAAAAAAAAAAAA")]
#[case::werkzeug_memory("scrypt:4194304:8:1$salt$00000000000000000000000000000000")]
#[case::werkzeug_short_hash("scrypt:1024:8:1$salt$00000000")]
#[case::werkzeug_no_hex("scrypt:1024:8:1$salt$0000000000000000000000000000000+")]
#[case::werkzeug_plain("plain$salt$00000000000000000000000000000000")]
#[case::better_auth_lengths("037274dd:a277d7c35c7111700f8c5d0c84cf612c")]
#[case::no_base64("$pbkdf2-sha256$i=1000$c2FsdA$!!!!")]
fn unreadable_and_expensive_hashes_are_refused(#[case] text: &str) {
    assert!(ForeignHash::read(text).is_none());
}
