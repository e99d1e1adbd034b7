//! Texts of images.

use api::image::{ImageStatus, Visibility};

texts! {
    pub struct Image {
        image = "Image", "이미지";
        create_image = "Create image", "이미지 생성";
        no_images = "No images yet", "아직 이미지가 없습니다";
        no_images_hint = "An image is the disk that an instance starts from. Upload one in qcow2, raw or ISO format.", "이미지는 인스턴스가 시작하는 디스크입니다. qcow2, raw 또는 ISO 형식의 파일을 업로드해 주세요.";

        upload = "Upload", "업로드";
        uploading = "Uploading", "업로드 중";
        inspecting = "Sent. The file is being inspected.", "전송이 끝났습니다. 파일을 검사하고 있습니다.";
        file = "File", "파일";
        file_hint = "qcow2, raw or ISO. The file is inspected before it is stored.", "qcow2, raw 또는 ISO 파일을 선택해 주세요. 저장하기 전에 파일을 검사합니다.";
        minimums = "Minimum disk and memory", "최소 디스크와 메모리";
        refused = "The file was refused", "파일이 거부되었습니다";
        launch_needs_active = "Only an active image can be launched.", "사용 가능한 이미지로만 인스턴스를 생성할 수 있습니다.";
        foreign = "It belongs to another project.", "다른 프로젝트의 이미지입니다.";
        delete_title: fn(&str) -> String = |name| format!("Delete image {name}?"), |name| format!("이미지 {name}을(를) 삭제할까요?");
        delete_body = "Nothing can be launched from it any more. Instances that run on it keep running.", "더 이상 이 이미지로 인스턴스를 생성할 수 없습니다. 이미 실행 중인 인스턴스는 그대로 유지됩니다.";
        data = "Data", "데이터";
        virtual_size = "Virtual size", "가상 크기";

        format = "Format", "형식";
        visibility = "Visibility", "공개 범위";
        checksum = "Checksum", "체크섬";
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
        ImageStatus::Active => "Active",
        ImageStatus::Killed => "Killed",
    }
}

fn status_ko(status: ImageStatus) -> &'static str {
    match status {
        ImageStatus::Queued => "대기 중",
        ImageStatus::Saving => "저장 중",
        ImageStatus::Active => "사용 가능",
        ImageStatus::Killed => "거부됨",
    }
}

fn visibility_en(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Private => "Private",
        Visibility::Public => "Public",
    }
}

fn visibility_ko(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Private => "비공개",
        Visibility::Public => "공개",
    }
}

fn visibility_hint_en(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Private => "Only this project sees it",
        Visibility::Public => "Every project can launch from it",
    }
}

fn visibility_hint_ko(visibility: Visibility) -> &'static str {
    match visibility {
        Visibility::Private => "이 프로젝트에서만 볼 수 있습니다",
        Visibility::Public => "모든 프로젝트에서 사용할 수 있습니다",
    }
}
