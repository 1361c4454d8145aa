/* menu cua trang */
(function () {
  var goc = "/vi/";
  var muc = [
    { ten: "Trang chủ", slug: null },
    { ten: "Giới thiệu", con: [["Khái quát về Khu kinh tế", "khai-quat"], ["Chức năng, quyền hạn của Ban", "chuc-nang"], ["Bộ máy Ban Quản lý", "bo-may"], ["Lãnh đạo Ban", "lanh-dao"], ["Cán bộ đầu mối các phòng", "can-bo"]] },
    { ten: "Tin KKT", slug: "tin" },
    { ten: "Điều hành", con: [["Chỉ đạo của Trưởng ban", "chi-dao"], ["Lịch công tác", "lich"], ["Tiếp công dân", "tiep-dan"], ["Khen thưởng, kỷ luật", "khen-thuong"]] },
    { ten: "Văn bản", con: [["Văn bản của Ban", "van-ban"], ["Lấy ý kiến dự thảo", "du-thao"], ["Phổ biến chính sách, pháp luật", "chinh-sach"]] },
    { ten: "Đầu tư", con: [["Quy hoạch - kế hoạch", "quy-hoach"], ["Đấu thầu, mua sắm công", "dau-thau"], ["Ưu đãi đầu tư", "uu-dai"], ["Thống kê KKT", "thong-ke"]] },
    { ten: "Dịch vụ công", slug: "tthc" },
    { ten: "Hỏi đáp doanh nghiệp", slug: "hoi-dap" },
    { ten: "Công khai ngân sách", slug: "cong-khai-ngan-sach" }
  ];
  function a(t, s) { var e = document.createElement("a"); e.textContent = t; e.href = s === null ? "/" : goc + s; return e; }
  var ul = document.getElementById("menu");
  muc.forEach(function (m) {
    var li = document.createElement("li");
    if (m.con) {
      var b = document.createElement("span"); b.textContent = m.ten; b.className = "cha"; li.appendChild(b);
      var u = document.createElement("ul");
      m.con.forEach(function (c) { var l = document.createElement("li"); l.appendChild(a(c[0], c[1])); u.appendChild(l); });
      li.appendChild(u);
    } else { li.appendChild(a(m.ten, m.slug)); }
    ul.appendChild(li);
  });
  var vb = document.getElementById("bang-van-ban");
  if (vb) {
    fetch("/api/van-ban.json").then(function (r) { return r.json(); }).then(function (ds) {
      ds.forEach(function (d) {
        var tr = document.createElement("tr");
        [d.so, d.ngay, d.trichyeu].forEach(function (x) { var td = document.createElement("td"); td.textContent = x; tr.appendChild(td); });
        var td = document.createElement("td"), f = document.createElement("a"); f.href = d.tep; f.textContent = "Tải"; td.appendChild(f); tr.appendChild(td);
        vb.appendChild(tr);
      });
    });
  }
})();
