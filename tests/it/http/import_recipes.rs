//! The recipes of docs/import.md, each on rows as the other system documents its tables.

use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqliteConnection};

use super::{
    account::PASSWORD,
    app::App,
    transfer::{counts, import},
};
use crate::support::database::{Engine, TestDatabase};

const ID: &str = "7c2d2f3a-9a52-4b6d-8f0e-5d2f0e2a9c11";

/// The statement of the recipe for a system.
fn recipe(system: &str) -> &'static str {
    let document = include_str!("../../../docs/import.md");
    let (_, section) = document.split_once(&format!("\n**{system}**")).expect("a recipe");
    let (_, statement) = section.split_once("<<'SQL'\n").expect("a statement");
    statement.split_once("\nSQL\n").expect("its end").0
}

/// What the recipe writes, from these tables.
async fn lines_of(system: &str, tables: &str) -> Vec<Value> {
    let test = TestDatabase::empty(Engine::Postgres).await;
    test.execute(tables).await;
    let mut connection = PgConnection::connect(&test.url).await.expect("connects");
    let statement = format!("SELECT line::text FROM ({}) AS users (line)", recipe(system));
    let rows: Vec<(String,)> =
        sqlx::query_as(AssertSqlSafe(statement)).fetch_all(&mut connection).await.expect("the recipe runs");
    connection.close().await.expect("closes");
    rows.iter().map(|(line,)| line_of(line)).collect()
}

fn line_of(line: &str) -> Value {
    assert!(!line.contains('\n'), "{line}");
    serde_json::from_str(line).expect("JSON")
}

/// Imports the lines; each makes a user.
async fn imported(lines: &[Value]) -> App {
    let app = App::builder().start().await;
    let (status, report) = import(&app, lines, &[]).await;
    assert_eq!((status, counts(&report)), (0, (lines.len() as u64, 0, 0)), "{report} {lines:?}");
    app
}

/// Provider, issuer and subject of each identity.
async fn identities(app: &App) -> String {
    let joined = "SELECT group_concat(line, ' ') FROM (SELECT provider || ',' || issuer || ',' || subject AS line \
                  FROM identities ORDER BY provider, subject) AS identities";
    app.database.text(joined).await
}

#[tokio::test(flavor = "multi_thread")]
async fn supabase() {
    let tables = format!(
        "CREATE SCHEMA auth;
         CREATE TABLE auth.users (id uuid PRIMARY KEY, email varchar, encrypted_password varchar, email_confirmed_at timestamptz,
           raw_user_meta_data jsonb, created_at timestamptz, deleted_at timestamptz, is_anonymous boolean NOT NULL DEFAULT false);
         CREATE TABLE auth.identities (provider_id text, user_id uuid, identity_data jsonb, provider text,
           id uuid PRIMARY KEY DEFAULT gen_random_uuid());
         INSERT INTO auth.users VALUES
           ('{ID}', 'ada@example.com', '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW', '2024-05-01 12:00:00+00',
            '{{\"full_name\": \"Ada \\\"L\\\"\"}}', '2024-05-01 11:59:00+00', NULL),
           (gen_random_uuid(), 'grace@example.com', '', now(), '{{}}', now(), NULL),
           (gen_random_uuid(), 'gone@example.com', '', now(), '{{}}', now(), now());
         INSERT INTO auth.identities (provider_id, user_id, provider) VALUES
           ('{ID}', '{ID}', 'email'), ('110169484474386276334', '{ID}', 'google'), ('583231', '{ID}', 'github');"
    );
    let app = imported(&lines_of("Supabase", &tables).await).await;
    app.browser().sign_in_with_password("ada@example.com", "U*U").await;
    assert_eq!(
        identities(&app).await,
        "github,https://github.com/login/oauth,583231 google,https://accounts.google.com,110169484474386276334"
    );
    let ada = format!("SELECT name || ' ' || created_at FROM users WHERE id = '{ID}'");
    assert_eq!(app.database.text(&ada).await, "Ada \"L\" 1714564740");
}

#[tokio::test(flavor = "multi_thread")]
async fn auth_js() {
    let tables = r#"CREATE TABLE users (id serial PRIMARY KEY, name varchar(255), email varchar(255), "emailVerified" timestamptz, image text);
        CREATE TABLE accounts (id serial PRIMARY KEY, "userId" integer NOT NULL, type varchar(255) NOT NULL,
          provider varchar(255) NOT NULL, "providerAccountId" varchar(255) NOT NULL);
        INSERT INTO users (name, email, "emailVerified", image) VALUES
          ('Ada', 'ada@example.com', NULL, 'https://example.com/ada.png'), ('Grace', 'grace@example.com', now(), NULL);
        INSERT INTO accounts ("userId", type, provider, "providerAccountId") VALUES
          (1, 'oauth', 'github', '583231'), (1, 'oidc', 'google', '110169484474386276334');"#;
    let app = imported(&lines_of("Auth.js", tables).await).await;
    assert_eq!(
        identities(&app).await,
        "github,https://github.com/login/oauth,583231 google,https://accounts.google.com,110169484474386276334"
    );
    let emails = "SELECT group_concat(coalesce(verified_email, '-') || ' ' || coalesce(claimed_email, '-'), ' ') \
                  FROM (SELECT * FROM users ORDER BY name) AS users";
    assert_eq!(app.database.text(emails).await, "- ada@example.com grace@example.com -");
}

#[tokio::test(flavor = "multi_thread")]
async fn better_auth() {
    // As its command for migrations makes the tables; the hash is of its `hashPassword`.
    let tables = r#"CREATE TABLE "user" (id text PRIMARY KEY, name text NOT NULL, email text NOT NULL UNIQUE,
          "emailVerified" boolean NOT NULL, image text, "createdAt" timestamptz NOT NULL, "updatedAt" timestamptz NOT NULL);
        CREATE TABLE account (id text PRIMARY KEY, "accountId" text NOT NULL, "providerId" text NOT NULL, "userId" text NOT NULL,
          password text, "createdAt" timestamptz NOT NULL, "updatedAt" timestamptz NOT NULL);
        INSERT INTO "user" VALUES
          ('a', 'Ada', 'ada@example.com', true, 'https://example.com/ada.png', '2024-05-01 12:00:00+00', now()),
          ('g', 'Grace', 'grace@example.com', false, NULL, now(), now());
        INSERT INTO account VALUES
          ('1', 'a', 'credential', 'a', '037274dd6cf2d13841a98ef8885d37ab:a277d7c35c7111700f8c5d0c84cf612c1b47ae01e018a8269743fa82a9719449f49b6c27ec097616a82c0f4fbea166860fb367328da78971041fc9d978646b07', now(), now()),
          ('2', '583231', 'github', 'a', NULL, now(), now()),
          ('3', '110169484474386276334', 'google', 'g', NULL, now(), now());"#;
    let app = imported(&lines_of("better-auth", tables).await).await;
    app.browser().sign_in_with_password("ada@example.com", "l\u{e8}tmein").await;
    assert_eq!(
        identities(&app).await,
        "github,https://github.com/login/oauth,583231 google,https://accounts.google.com,110169484474386276334"
    );
    let ada = "SELECT name || ' ' || created_at FROM users WHERE verified_email = 'ada@example.com'";
    assert_eq!(app.database.text(ada).await, "Ada 1714564800");
}

#[tokio::test(flavor = "multi_thread")]
async fn keycloak() {
    let tables = format!(
        r#"CREATE TABLE realm (id varchar(36) PRIMARY KEY, name varchar(255));
        CREATE TABLE user_entity (id varchar(36) PRIMARY KEY, email varchar(255), email_verified boolean NOT NULL, enabled boolean NOT NULL,
          first_name varchar(255), last_name varchar(255), realm_id varchar(255), created_timestamp bigint,
          service_account_client_link varchar(255));
        CREATE TABLE credential (id varchar(36) PRIMARY KEY DEFAULT gen_random_uuid(), type varchar(255), user_id varchar(36),
          secret_data text, credential_data text, priority integer);
        CREATE TABLE federated_identity (identity_provider varchar(255), user_id varchar(36), federated_user_id varchar(255));
        INSERT INTO realm VALUES ('r1', 'REALM'), ('r2', 'master');
        INSERT INTO user_entity VALUES
          ('{ID}', 'ada@example.com', true, true, 'Ada', 'Lovelace', 'r1', 1714564740123, NULL),
          ('b', 'grace@example.com', true, true, NULL, NULL, 'r1', 1714564740123, NULL),
          ('c', 'linus@example.com', true, false, 'Linus', NULL, 'r1', 1714564740123, NULL),
          ('d', 'admin@example.com', true, true, NULL, NULL, 'r2', 1714564740123, NULL),
          ('e', NULL, false, true, NULL, NULL, 'r1', 1714564740123, 'a client');
        UPDATE user_entity SET id = gen_random_uuid() WHERE id = 'c';
        INSERT INTO credential (type, user_id, priority, credential_data, secret_data) VALUES
          ('password', '{ID}', 10, '{{"hashIterations":210000,"algorithm":"pbkdf2-sha512","additionalParameters":{{}}}}',
           '{{"value":"E+ZqEqs4CsdVTwn8NdrIxnEQ8DxUvG2VK3dzNJl6MQAY2UCysrOwfamhYWwFWhTE2hh4AHwNWwo4C7l74TTvhw==","salt":"c2l4dGVlbiBieXRlIHNhbA==","additionalParameters":{{}}}}'),
          ('otp', '{ID}', 20, '{{"subType":"totp","digits":6}}', '{{"value":"secret"}}'),
          ('password', 'b', 10, '{{"hashIterations":2,"algorithm":"argon2","additionalParameters":{{"hashLength":["32"],"memory":["65536"],"type":["id"],"version":["1.3"],"parallelism":["1"]}}}}',
           '{{"value":"CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc=","salt":"c29tZXNhbHQ=","additionalParameters":{{}}}}');
        INSERT INTO federated_identity VALUES ('google', '{ID}', '110169484474386276334');
        UPDATE credential SET user_id = '{OTHER}' WHERE user_id = 'b';
        UPDATE user_entity SET id = '{OTHER}' WHERE id = 'b';"#
    );
    let app = imported(&lines_of("Keycloak", &tables).await).await;
    app.browser().sign_in_with_password("ada@example.com", PASSWORD).await;
    app.browser().sign_in_with_password("grace@example.com", "password").await;
    assert_eq!(identities(&app).await, "google,https://accounts.google.com,110169484474386276334");
    let linus = "SELECT name FROM users WHERE disabled_at IS NOT NULL";
    assert_eq!(app.database.text(linus).await, "Linus");
}

const OTHER: &str = "9e1d7a52-0d8f-4f7e-8c3b-2b6f5d0c7a33";

#[tokio::test(flavor = "multi_thread")]
async fn firebase() {
    let file = r#"{"users": [
        {"localId": "a", "email": "ada@example.com", "emailVerified": true, "displayName": "Ada", "photoUrl": "https://example.com/ada.png",
         "passwordHash": "lSrfV15cpx95_sZS2W9c9Kp6i_LVgQNDNC_qzrCnh1SAyZvqmZqAjTdn3aoItz-VHjoZilo78198JAdRuid5lQ==", "salt": "42xEC-ixf3L2lw==",
         "createdAt": "1714564740123", "lastSignedInAt": "1714564740123", "providerUserInfo": [
           {"providerId": "google.com", "rawId": "110169484474386276334", "email": "ada@example.com"},
           {"providerId": "password", "rawId": "ada@example.com", "email": "ada@example.com"}]},
        {"localId": "b", "email": "grace@example.com", "emailVerified": false, "createdAt": "1714564740123", "disabled": true,
         "providerUserInfo": [{"providerId": "github.com", "rawId": "583231"}]}]}"#;
    let statement = recipe("Firebase")
        .replace("readfile('users.json')", &format!("'{file}'"))
        .replace(
            "SIGNER_KEY",
            "jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==",
        )
        .replace("SALT_SEPARATOR", "Bw==");
    let mut connection = SqliteConnection::connect("sqlite::memory:").await.expect("opens");
    let rows: Vec<(String,)> =
        sqlx::query_as(AssertSqlSafe(statement)).fetch_all(&mut connection).await.expect("the recipe runs");
    let lines: Vec<Value> = rows.iter().map(|(line,)| line_of(line)).collect();
    let app = imported(&lines).await;
    app.browser().sign_in_with_password("ada@example.com", "user1password").await;
    assert_eq!(
        identities(&app).await,
        "github,https://github.com/login/oauth,583231 google,https://accounts.google.com,110169484474386276334"
    );
    let grace = "SELECT claimed_email FROM users WHERE disabled_at IS NOT NULL AND created_at = 1714564740";
    assert_eq!(app.database.text(grace).await, "grace@example.com");
}

#[tokio::test(flavor = "multi_thread")]
async fn django_allauth() {
    let tables = r#"CREATE TABLE auth_user (id integer PRIMARY KEY, password varchar(128), first_name varchar(150), last_name varchar(150),
          email varchar(254), is_active boolean, date_joined timestamptz);
        CREATE TABLE account_emailaddress (id integer PRIMARY KEY, email varchar(254), verified boolean, "primary" boolean, user_id integer);
        CREATE TABLE socialaccount_socialaccount (id integer PRIMARY KEY, provider varchar(200), uid varchar(191), user_id integer);
        INSERT INTO auth_user VALUES
          (1, 'pbkdf2_sha256$600000$seasaltseasaltseasalt1$6+Ms3+iCpBvSt2ZIMYXO3CfqpNijctY0BNMycDVEchk=', 'Ada', '', 'ada@example.com', true, '2024-05-01 11:59:00+00'),
          (2, 'argon2$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc', '', '', 'grace@example.com', true, now()),
          (3, '!DFs1lsVtBhQnL4ZBP9qWSaVL', 'Linus', 'T', '', false, now());
        INSERT INTO account_emailaddress VALUES
          (1, 'ada@example.com', true, true, 1), (2, 'old@example.com', true, false, 1), (3, 'grace@example.com', true, true, 2);
        INSERT INTO socialaccount_socialaccount VALUES (1, 'github', '583231', 3), (2, 'google', '110169484474386276334', 1);"#;
    let app = imported(&lines_of("django-allauth", tables).await).await;
    app.browser().sign_in_with_password("ada@example.com", PASSWORD).await;
    app.browser().sign_in_with_password("grace@example.com", "password").await;
    assert_eq!(
        identities(&app).await,
        "github,https://github.com/login/oauth,583231 google,https://accounts.google.com,110169484474386276334"
    );
    assert_eq!(app.database.text("SELECT name FROM users WHERE disabled_at IS NOT NULL").await, "Linus T");
}
