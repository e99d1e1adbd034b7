//! Texts of images.

use api::image::{ImageRefusal, ImageStatus, MemberStatus, Visibility};

/// So many instances, or more.
const COUNTED: u64 = api::image::Image::COUNTED;

texts! {
    pub struct Image {
        image = "Image", "이미지";
        create_image = "Create image", "이미지 생성";
        no_images = "No images yet", "아직 이미지가 없습니다";
        no_images_hint = "An image is the disk that an instance starts from. Upload one, fetch it from a URL or choose one from the catalogue.", "이미지는 인스턴스가 시작하는 디스크입니다. 파일을 업로드하거나 URL 또는 카탈로그에서 가져와 주세요.";

        upload = "Upload", "업로드";
        uploading = "Uploading", "업로드 중";
        inspecting = "Sent. The file is being inspected.", "전송이 끝났습니다. 파일을 검사하고 있습니다.";
        file = "File", "파일";
        file_hint = "qcow2, raw or ISO; VMDK, VHD, VHDX and VDI are converted to qcow2. The file is inspected before it is stored.", "qcow2, raw 또는 ISO 파일을 선택해 주세요. VMDK, VHD, VHDX, VDI는 qcow2로 변환됩니다. 저장하기 전에 파일을 검사합니다.";
        from_file = "From this computer", "이 컴퓨터에서 업로드";
        from_url = "From a URL", "URL에서 가져오기";
        from_catalogue = "Catalogue", "카탈로그";
        catalogue_hint = "Well-known cloud images, fetched from their makers and checked against their checksums.", "잘 알려진 클라우드 이미지를 배포처에서 가져와 체크섬을 확인합니다.";
        source = "Source", "출처";
        import = "Import", "가져오기";
        url_hint = "http or https. Only addresses of the Internet are fetched from.", "http 또는 https 주소를 입력해 주세요. 인터넷 주소에서만 가져올 수 있습니다.";
        name_hint = "Empty: the file’s own name.", "비워 두면 파일 이름을 사용합니다.";
        checksum = "Checksum", "체크섬";
        checksum_hint = "MD5, SHA-256 or SHA-512. The file is only accepted if it matches.", "MD5, SHA-256 또는 SHA-512 값입니다. 일치할 때만 파일을 저장합니다.";
        checksum_url = "Checksum list", "체크섬 목록";
        checksum_url_hint = "The address of a list such as SHA256SUMS, in which the file’s line is looked for.", "SHA256SUMS와 같은 목록의 주소입니다. 목록에서 파일에 해당하는 줄을 찾습니다.";
        architecture = "Architecture", "아키텍처";
        admin_user = "User", "사용자";
        waiting = "The server does not answer. It is tried again by itself.", "서버에서 응답이 없습니다. 자동으로 다시 시도합니다.";
        unfinished = "The upload is not complete", "업로드가 완료되지 않았습니다";
        arriving = "Data is arriving right now, sent from another page.", "다른 페이지에서 데이터를 전송하고 있습니다.";
        choose_again: fn(&str) -> String = |name| format!("Choose the file {name} again to resume from here. What has arrived is kept for a day."), |name| format!("이어서 업로드하려면 {name} 파일을 다시 선택해 주세요. 전송된 데이터는 하루 동안 보관됩니다.");
        go_on = "Resume upload", "이어서 업로드";
        no_script = "Resuming takes JavaScript. Without it, delete this image and send the whole file by the form.", "이어서 업로드하려면 JavaScript가 필요합니다. 사용할 수 없다면 이 이미지를 삭제하고 양식으로 전체 파일을 보내 주세요.";
        more = "Tags, protection and properties", "태그, 삭제 방지, 속성";
        minimums = "Minimum disk and memory", "최소 디스크와 메모리";
        refused = "The image was not accepted", "이미지를 받아들일 수 없습니다";
        refusal: fn(ImageRefusal) -> String = |refusal| refusal.to_string(), refusal_ko;
        delete_title: fn(&str) -> String = |name| format!("Delete image {name}?"), |name| format!("이미지 {name}을(를) 삭제할까요?");
        delete_body = "Nothing can be launched from it any more. Instances that run on it keep running.", "더 이상 이 이미지로 인스턴스를 생성할 수 없습니다. 이미 실행 중인 인스턴스는 그대로 유지됩니다.";
        instances_on_it: fn(u64) -> String = instances_en, instances_ko;
        members_of_it: fn(u64) -> String = |n| if n == 1 { "One project that it is shared with loses it.".to_owned() } else { format!("{n} projects that it is shared with lose it.") }, |n| format!("공유받은 프로젝트 {n}곳에서도 더 이상 사용할 수 없습니다.");
        delete_chosen = "Delete chosen", "선택 항목 삭제";
        delete_many_title = "Delete the chosen images?", "선택한 이미지를 삭제할까요?";
        snapshot = "Snapshot", "스냅샷";
        copy = "Copy to a new image", "새 이미지로 복사";
        copy_image = "Copy image", "이미지 복사";
        copy_hint = "The copy belongs to this project and stands on the same data, which is stored once.", "복사본은 이 프로젝트에 속하며 데이터는 한 번만 저장됩니다.";
        copy_of: fn(&str) -> String = |name| format!("Copy of {name}"), |name| format!("{name} 복사본");
        create_volume = "Create volume", "볼륨 생성";
        no_block_storage = "Volumes need block storage, which this cloud does not have.", "이 클라우드에는 블록 스토리지가 없어 볼륨을 생성할 수 없습니다.";
        members = "Members", "멤버";
        no_members = "Shared with nobody", "공유한 프로젝트가 없습니다";
        no_members_hint = "Projects that the image is shared with appear here, with their answer.", "이미지를 공유한 프로젝트와 수락 여부가 여기에 표시됩니다.";
        members_foreign = "Only the owner sees whom the image is shared with", "공유 대상은 소유자만 볼 수 있습니다";
        not_shared_hint = "Set the visibility to “shared” to offer the image to other projects.", "공개 범위를 ‘공유’로 바꾸면 다른 프로젝트에 이미지를 제공할 수 있습니다.";
        not_shared = "Members count while the visibility is “shared”", "공개 범위가 ‘공유’일 때만 멤버가 사용할 수 있습니다";
        share = "Share with a project", "프로젝트와 공유";
        member_id = "Project ID", "프로젝트 ID";
        member_id_hint = "The other project finds its ID on its page of shared images.", "상대 프로젝트는 공유받은 이미지 페이지에서 ID를 확인할 수 있습니다.";
        unshare = "Stop sharing", "공유 중지";
        unshare_title: fn(&str) -> String = |name| format!("Stop sharing with {name}?"), |name| format!("{name} 프로젝트와 공유를 중지할까요?");
        unshare_body = "The project cannot launch from the image any more. Its instances keep running.", "더 이상 이 이미지로 인스턴스를 생성할 수 없습니다. 이미 실행 중인 인스턴스는 그대로 유지됩니다.";
        member_status: fn(MemberStatus) -> &'static str = member_status_en, member_status_ko;
        shared_images = "Shared with this project", "공유받은 이미지";
        shared_hint = "Images that other projects offer. Those that are accepted stand among this project’s images.", "다른 프로젝트가 공유한 이미지입니다. 수락하면 이 프로젝트의 이미지 목록에 표시됩니다.";
        own_id = "This project’s ID, for those who want to share with it", "공유하려는 프로젝트에 알려 줄 이 프로젝트의 ID";
        no_offers = "Nothing is shared with this project", "공유받은 이미지가 없습니다";
        no_offers_hint = "Give the ID above to the owner of an image.", "위 ID를 이미지 소유자에게 알려 주세요.";
        accept = "Accept", "수락";
        reject = "Reject", "거절";
        answered = "This is the answer already.", "이미 선택한 응답입니다.";
        edit = "Edit", "편집";
        edit_image = "Edit image", "이미지 편집";
        deactivate = "Deactivate", "비활성화";
        reactivate = "Reactivate", "다시 활성화";
        deactivate_title: fn(&str) -> String = |name| format!("Deactivate image {name}?"), |name| format!("이미지 {name}을(를) 비활성화할까요?");
        deactivate_body = "Nothing can be launched from it until it is reactivated. Instances that run on it keep running.", "다시 활성화하기 전까지 이 이미지로 인스턴스를 생성할 수 없습니다. 이미 실행 중인 인스턴스는 그대로 유지됩니다.";
        is_deactivated = "This image is deactivated", "비활성화된 이미지입니다";
        all_images = "All images", "전체 이미지";
        all_images_hint = "The images of every project.", "모든 프로젝트의 이미지입니다.";
        images_hint = "What instances start from: this project’s images and the public ones.", "인스턴스가 시작하는 디스크입니다. 이 프로젝트의 이미지와 공개 이미지를 보여 줍니다.";
        protected = "Protected", "삭제 방지";
        protect = "Protect from deletion", "삭제 방지";
        protect_hint = "It cannot be deleted until this is taken away.", "해제하기 전까지 이미지를 삭제할 수 없습니다.";
        tags = "Tags", "태그";
        tagged: fn(&str) -> String = |tag| format!("Images tagged {tag}"), |tag| format!("태그가 {tag}인 이미지");
        kind = "Type", "유형";
        store = "Image store", "이미지 저장소";
        store_bytes = "Images together", "이미지 전체 용량";
        store_stored = "Stored", "실제 저장 용량";
        store_saved = "Saved by sharing", "공유로 절약한 용량";
        source_gone: fn(&str) -> String = |id| format!("{id} (deleted, or another project’s)"), |id| format!("{id} (삭제되었거나 다른 프로젝트의 항목)");
        from_volume = "From a volume", "볼륨에서 생성";
        import_as: fn(Visibility) -> String = |it| format!("Import as {}", visibility_en(it).to_lowercase()), |it| format!("{}로 가져오기", visibility_ko(it));
        tags_hint = "Separated by commas.", "쉼표로 구분해 입력해 주세요.";
        properties = "Properties", "속성";
        no_properties = "No properties", "속성이 없습니다";
        no_properties_hint = "Properties tell what is on the disk and which devices it needs.", "디스크에 설치된 운영 체제와 필요한 장치를 속성으로 지정할 수 있습니다.";
        other_properties = "Other properties", "기타 속성";
        other_properties_hint = "One a line: name=value.", "한 줄에 하나씩 이름=값 형식으로 입력해 주세요.";
        not_set = "Not set", "지정 안 함";
        no_instances = "No instances from this image", "이 이미지로 생성한 인스턴스가 없습니다";
        no_instances_hint = "Instances of this project that are launched from it appear here.", "이 프로젝트에서 이 이미지로 생성한 인스턴스가 여기에 표시됩니다.";
        verdict = "Inspection", "검사 결과";
        verdict_good: fn(&str) -> String = |evidence| format!("Accepted: {evidence}"), |evidence| format!("통과: {evidence}");
        verdict_plain = "Accepted", "통과";
        verdict_bad = "Not accepted", "통과하지 못함";
        verdict_pending = "Not inspected yet", "검사 전";
        data = "Data", "데이터";
        virtual_size = "Virtual size", "가상 크기";

        format = "Format", "형식";
        visibility = "Visibility", "공개 범위";
        min_disk = "Minimum disk", "최소 디스크";
        min_ram = "Minimum memory", "최소 메모리";

        status: fn(ImageStatus) -> &'static str = status_en, status_ko;
        visibility_hints: fn(Visibility) -> &'static str = visibility_hint_en, visibility_hint_ko;
        visibilities: fn(Visibility) -> &'static str = visibility_en, visibility_ko;
    }
}

fn status_en(status: ImageStatus) -> &'static str {
    match status {
        ImageStatus::Queued => "Queued",
        ImageStatus::Saving => "Saving",
        ImageStatus::Importing => "Importing",
        ImageStatus::Active => "Active",
        ImageStatus::Deactivated => "Deactivated",
        ImageStatus::Killed => "Killed",
    }
}

fn status_ko(status: ImageStatus) -> &'static str {
    match status {
        ImageStatus::Queued => "대기 중",
        ImageStatus::Saving => "저장 중",
        ImageStatus::Importing => "가져오는 중",
        ImageStatus::Active => "사용 가능",
        ImageStatus::Deactivated => "비활성화됨",
        ImageStatus::Killed => "거부됨",
    }
}

fn visibility_en(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Private => "Private",
        Visibility::Shared => "Shared",
        Visibility::Community => "Community",
        Visibility::Public => "Public",
    }
}

fn visibility_ko(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Private => "비공개",
        Visibility::Shared => "공유",
        Visibility::Community => "커뮤니티",
        Visibility::Public => "공개",
    }
}

fn visibility_hint_en(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Private => "Only this project sees it",
        Visibility::Shared => "This project and its members see it",
        Visibility::Community => "Every project can use it, but only finds it by filtering for it",
        Visibility::Public => "Every project can launch from it",
    }
}

fn visibility_hint_ko(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Private => "이 프로젝트에서만 볼 수 있습니다",
        Visibility::Shared => "이 프로젝트와 멤버 프로젝트에서 볼 수 있습니다",
        Visibility::Community => "모든 프로젝트에서 사용할 수 있지만, 필터를 지정해야 목록에 나타납니다",
        Visibility::Public => "모든 프로젝트에서 사용할 수 있습니다",
    }
}

fn instances_en(n: u64) -> String {
    match n {
        1 => "One instance stands on it.".to_owned(),
        COUNTED.. => format!("{n} instances or more stand on it."),
        _ => format!("{n} instances stand on it."),
    }
}

fn instances_ko(n: u64) -> String {
    let particle = if n < COUNTED { "가" } else { " 이상이" };
    format!("인스턴스 {n}개{particle} 이 이미지를 사용하고 있습니다.")
}

fn refusal_ko(refusal: ImageRefusal) -> String {
    match refusal {
        ImageRefusal::Foreign => "다른 프로젝트의 이미지이므로 해당 프로젝트에서만 변경할 수 있습니다.",
        ImageRefusal::Public => "모두가 사용하는 공개 이미지이므로 관리자만 변경할 수 있습니다.",
        ImageRefusal::Protected => "삭제 방지가 설정되어 있습니다. 먼저 이미지를 편집해 해제해 주세요.",
        ImageRefusal::NotActive => "사용 가능한 이미지로만 할 수 있습니다.",
        ImageRefusal::Deactivated => "비활성화된 이미지입니다. 먼저 다시 활성화해 주세요.",
        ImageRefusal::NotShared => "공개 범위가 ‘공유’가 아닙니다. 먼저 이미지를 편집해 주세요.",
        ImageRefusal::NotDeactivated => "비활성화되어 있지 않습니다.",
    }
    .to_owned()
}

fn member_status_en(status: MemberStatus) -> &'static str {
    match status {
        MemberStatus::Pending => "Pending",
        MemberStatus::Accepted => "Accepted",
        MemberStatus::Rejected => "Rejected",
    }
}

fn member_status_ko(status: MemberStatus) -> &'static str {
    match status {
        MemberStatus::Pending => "대기 중",
        MemberStatus::Accepted => "수락함",
        MemberStatus::Rejected => "거절함",
    }
}
