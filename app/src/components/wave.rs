//! The product's motif.

use leptos::prelude::*;

/// Four waves that become one. It stands still and costs nothing once painted.
#[component]
pub fn Wave() -> impl IntoView {
    view! {
        <svg class="wave" viewBox="0 0 1200 200" preserveAspectRatio="none" aria-hidden="true">
            <path d="M-244 124C-182 124 -158 76 -94 76S5 149 68 149S168 31 231 31S331 178 394 178S493 26 556 26S655 158 718 158S816 66 879 66S977 108 1040 108S1137 100 1200 100S1287 100 1350 100" opacity="1" />
            <path d="M-182 120C-118 120 -94 80 -32 80S60 142 123 142S214 40 277 40S368 169 431 169S522 32 585 32S676 154 739 154S830 67 893 67S984 108 1047 108S1137 100 1200 100S1287 100 1350 100" opacity=".6" />
            <path d="M-118 116C-56 116 -32 84 32 84S114 135 177 135S260 49 323 49S406 161 469 161S552 39 615 39S698 151 761 151S844 69 907 69S990 108 1053 108S1137 100 1200 100S1287 100 1350 100" opacity=".36" />
            <path d="M-56 112C8 112 32 88 94 88S169 127 232 127S306 57 369 57S443 153 506 153S581 45 644 45S719 147 782 147S858 70 921 70S997 108 1060 108S1137 100 1200 100S1287 100 1350 100" opacity=".2" />
        </svg>
    }
}
