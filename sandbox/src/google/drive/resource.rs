//! A file as the API returns it.

use serde_json::{Value, json};

use super::disk::{Disk, Owner, Place};
use super::kind::{FOLDER, SHORTCUT};
use super::names;
use crate::google::api::date_time;

pub fn file(disk: &Disk, index: usize) -> Value {
    let (id, name, kind, origin) = (disk.id(index), disk.name(index), disk.kind(index), &disk.origin);
    let size = disk.size(index);
    let owner = disk.owner(index);
    let mut file = json!({
        "kind": "drive#file", "id": id, "name": name, "mimeType": kind.mime_type,
        "starred": disk.starred(index), "trashed": disk.trashed(index),
        "createdTime": date_time(disk.now - disk.created(index)),
        "modifiedTime": date_time(disk.now - disk.age(index)),
        "quotaBytesUsed": size.unwrap_or_default().to_string(),
        "webViewLink": format!("{origin}/google/drive/{}/d/{id}", kind.opener),
        "iconLink": format!("{origin}/google/drive/icon/{}", kind.mime_type),
        "hasThumbnail": kind.thumbnail,
    });
    let mut set = |field: &str, value: Option<Value>| {
        if let Some(value) = value {
            file[field] = value;
        }
    };
    match owner {
        Owner::Drive => {
            set("driveId", disk.drive_id().map(Value::from));
            set("hasAugmentedPermissions", Some(json!(false)));
        }
        Owner::Me | Owner::Other(..) => {
            set("shared", Some(json!(disk.shared(index))));
            set("ownedByMe", Some(json!(owner == Owner::Me)));
            set("owners", Some(json!([user(disk, owner)])));
        }
    }
    set("lastModifyingUser", Some(user(disk, if owner == Owner::Drive { Owner::Me } else { owner })));
    set("size", size.map(|size| json!(size.to_string())));
    set("parents", disk.parent(index).map(|place| json!([id_of(disk, place)])));
    set("fileExtension", kind.extension.map(|_| json!(names::extension(&name).unwrap_or_default())));
    set("thumbnailLink", kind.thumbnail.then(|| json!(format!("{origin}/google/drive/thumbnail/{id}"))));
    let target = (kind.mime_type == SHORTCUT.mime_type).then(|| disk.target(index));
    let details = |target| json!({"targetId": disk.id(target), "targetMimeType": disk.kind(target).mime_type});
    set("shortcutDetails", target.map(details));
    file
}

/// "My Drive", which no listing contains.
pub fn root(disk: &Disk) -> Value {
    let id = disk.root_id();
    json!({
        "kind": "drive#file", "id": id, "name": "My Drive", "mimeType": FOLDER.mime_type,
        "starred": false, "trashed": false, "shared": false, "ownedByMe": true,
        "owners": [user(disk, Owner::Me)], "hasThumbnail": false, "quotaBytesUsed": "0",
        "webViewLink": format!("{}/google/drive/folders/d/{id}", disk.origin),
        "iconLink": format!("{}/google/drive/icon/{}", disk.origin, FOLDER.mime_type),
        "createdTime": "2012-04-24T17:00:00.000Z", "modifiedTime": "2012-04-24T17:00:00.000Z",
    })
}

/// The root of the shared drive, whose name is always the same. `None` without one.
pub fn shared_root(disk: &Disk) -> Option<Value> {
    let id = disk.drive_id()?;
    Some(json!({
        "kind": "drive#file", "id": id, "driveId": id, "name": "Drive", "mimeType": FOLDER.mime_type,
        "starred": false, "trashed": false, "hasThumbnail": false, "hasAugmentedPermissions": false, "quotaBytesUsed": "0",
        "webViewLink": format!("{}/google/drive/folders/d/{id}", disk.origin),
        "iconLink": format!("{}/google/drive/icon/{}", disk.origin, FOLDER.mime_type),
        "createdTime": "2020-04-24T17:00:00.000Z", "modifiedTime": "2020-04-24T17:00:00.000Z",
    }))
}

fn id_of(disk: &Disk, place: Place) -> String {
    match place {
        Place::Root => disk.root_id(),
        Place::SharedRoot => disk.drive_id().unwrap_or_default(),
        Place::At(index) => disk.id(index),
    }
}

fn user(disk: &Disk, owner: Owner) -> Value {
    let person = &disk.person;
    match owner {
        Owner::Other(name, email) => json!({
            "kind": "drive#user", "displayName": name, "me": false, "permissionId": format!("{:020}", name.len()),
            "emailAddress": email,
        }),
        Owner::Me | Owner::Drive => {
            let mut user = json!({
                "kind": "drive#user", "displayName": person.label(), "me": true,
                "permissionId": format!("{:020}", person.number("drive user", 63)),
            });
            if let Some(email) = &person.email {
                user["emailAddress"] = json!(email);
            }
            if person.picture {
                user["photoLink"] = json!(format!("{}/picture/{}", disk.origin, person.id));
            }
            user
        }
    }
}
