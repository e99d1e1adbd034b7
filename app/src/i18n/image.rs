//! Texts of images.

use api::image::{ImageStatus, Visibility};

texts! {
    pub struct Image {
        image = "Image", "이미지";
        create_image = "Create image", "이미지 생성";
        no_images = "No images yet", "아직 이미지가 없습니다";
        no_images_hint = "An image is the disk that an instance starts from. Upload one in qcow2, raw or ISO format.", "이미지는 인스턴스가 시작하는 디스크입니다. qcow2, raw 또는 ISO 형식의 파일을 업로드해 주세요.";

        format = "Format", "형식";
        visibility = "Visibility", "공개 범위";
        checksum = "Checksum", "체크섬";
        min_disk = "Minimum disk", "최소 디스크";
        min_ram = "Minimum memory", "최소 메모리";

        status: fn(ImageStatus) -> &'static str = status_en, status_ko;
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
