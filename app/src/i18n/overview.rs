//! Texts of a project's landing page.

texts! {
    pub struct Overview {
        quota = "Quota", "할당량";
        recent = "Recent actions", "최근 작업";
        steps = "Getting started", "시작하기";
        step_done = "done", "완료";
        step_open = "to do", "할 일";
        step_network = "Create a network", "네트워크 만들기";
        step_network_hint = "The starter network has a subnet, DHCP and a router to the outside.", "기본 네트워크에는 서브넷, DHCP, 외부로 나가는 라우터가 포함됩니다.";
        step_image = "Get an image", "이미지 준비하기";
        step_image_hint = "The disk that instances start from: qcow2, raw or ISO.", "인스턴스가 시작하는 디스크입니다. qcow2, raw, ISO 형식을 사용할 수 있습니다.";
        step_key_pair = "Create a key pair", "키 페어 만들기";
        step_key_pair_hint = "The key with which you sign in to your instances by SSH.", "SSH로 인스턴스에 로그인할 때 사용하는 키입니다.";
        step_instance = "Launch an instance", "인스턴스 만들기";
        step_instance_hint = "A virtual machine of your own; a name is all it takes.", "이름만 정하면 나만의 가상 머신을 만들 수 있습니다.";
    }
}
