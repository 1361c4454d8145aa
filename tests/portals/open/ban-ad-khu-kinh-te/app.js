"use strict";
function lay(u) { return fetch(u).then(function (r) { if (!r.ok) { throw new Error(r.status); } return r.json(); }); }
function ds(m) { return m.map(function (x) {
  return '<li><a href="' + x.url + '">' + x.ten + '</a>' + (x.con ? '<ul>' + ds(x.con) + '</ul>' : '') + '</li>'; }).join(''); }
function khung(c, than) {
  document.getElementById('app').innerHTML =
    '<header><div class="ngay">' + c.ngay + '</div><a href="/"><img src="/img/logo.png" alt="logo"></a><h2>' + c.ten + '</h2>' +
    '<form action="/tim-kiem" method="get"><input name="q" placeholder="Tìm kiếm..."><button>Tìm</button></form></header>' +
    '<nav><ul>' + ds(c.menu) + '</ul></nav><div class="giua"><main>' + than + '</main><aside>' +
    c.khoi.map(function (k) { return '<section><h4>' + k.ten + '</h4>' + k.html + '</section>'; }).join('') +
    '</aside></div><footer>' + c.chan + '</footer>'; }
function nhan(m) { return { tt: '<span class="badge b-tt">Toàn trình</span>', mp: '<span class="badge b-mp">Một phần</span>', tin: '<span class="badge b-tin">Cung cấp thông tin</span>' }[m]; }
function ve(t) {
  var h = '<h1>' + t.tieuDe + '</h1>' + (t.html || '');
  if (t.cot) { h += '<table><thead><tr>' + t.cot.map(function (x) { return '<th>' + x + '</th>'; }).join('') + '</tr></thead><tbody>' +
    t.dong.map(function (d) { return '<tr>' + d.map(function (x) { return '<td>' + x + '</td>'; }).join('') + '</tr>'; }).join('') + '</tbody></table>'; }
  if (t.ds) { h += t.ds.length ? t.ds.map(function (e) {
    return '<article><h3>' + (e.url ? '<a href="' + e.url + '">' + e.ten + '</a>' : e.ten) + '</h3><time>' + e.ngay + '</time><p>' + (e.tom || '') + '</p></article>'; }).join('')
    : '<p>Không có dữ liệu</p>'; }
  return h; }
function thuTuc(d, ma) {
  if (!ma) { return '<h1>Thủ tục hành chính</h1><ul class="tt">' + d.map(function (s) {
    return '<li><a href="/thu-tuc/' + s.ma + '">' + s.ten + '</a> ' + nhan(s.muc) + '<br><small>Lĩnh vực: ' + s.lv + '</small></li>'; }).join('') + '</ul>'; }
  var s = d.filter(function (x) { return x.ma === ma; })[0];
  var r = [['Mã thủ tục', s.ma], ['Lĩnh vực', s.lv], ['Trình tự thực hiện', s.tt], ['Cách thức thực hiện', s.cach], ['Thành phần hồ sơ', s.hs], ['Thời hạn giải quyết', s.han], ['Đối tượng', 'Tổ chức, cá nhân'], ['Cơ quan thực hiện', 'Ban Quản lý Khu kinh tế Hòn Gấm'], ['Kết quả', s.kq], ['Phí, lệ phí', s.phi], ['Căn cứ pháp lý', s.cc]];
  return '<h1>' + s.ten + '</h1>' + nhan(s.muc) + '<table>' + r.map(function (x) { return '<tr><th>' + x[0] + '</th><td>' + x[1] + '</td></tr>'; }).join('') + '</table>' +
    (s.mau ? '<p>Biểu mẫu: <a href="' + s.mau + '">Tải mẫu</a></p>' : '') +
    (s.nop ? '<p><a class="btn" href="' + s.nop + '">Nộp hồ sơ trực tuyến</a></p>' : ''); }
lay('/api/cau-hinh.json').then(function (c) {
  var p = location.pathname.replace(/\/$/, '') || '/trang-chu', m = p.match(/^\/thu-tuc(?:\/(.+))?$/);
  return (m ? lay('/api/thu-tuc.json').then(function (d) { return thuTuc(d, m[1]); }) : lay('/api/trang' + p + '.json').then(function (t) { document.title = t.tieuDe + ' - BQL Khu kinh tế Hòn Gấm'; return ve(t); }))
    .catch(function () { return '<h1>404</h1><p>Không tìm thấy nội dung bạn yêu cầu. Trang có thể đã bị xóa hoặc đổi địa chỉ.</p>'; })
    .then(function (h) { khung(c, h); }); });
