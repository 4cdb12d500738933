# Run `gnuplot explain-fault_anon-write.gp` in this folder: it writes explain-fault_anon-write.png and explain-fault_anon-write.svg.
set encoding utf8
set decimalsign '.'

# Okabe-Ito colours; dash and marker differ too, for grey paper.
set linetype 1 lc rgb '#0072B2' lw 2 pt 7  dt 1
set linetype 2 lc rgb '#D55E00' lw 2 pt 4  dt (8,3)
set linetype 3 lc rgb '#009E73' lw 2 pt 9  dt (3,3)
set linetype 4 lc rgb '#CC79A7' lw 2 pt 12 dt (10,3,2,3)
set linetype 5 lc rgb '#E69F00' lw 2 pt 11 dt 1
set linetype 6 lc rgb '#56B4E9' lw 2 pt 6  dt (8,3)
set linetype 7 lc rgb '#000000' lw 2 pt 5  dt (3,3)
set linetype 8 lc rgb '#7F7F7F' lw 2 pt 8  dt (10,3,2,3)
set border 3 lc rgb '#606060'
set tics nomirror out scale 0.6 textcolor rgb '#303030'
set grid ytics lt 1 lw 1 lc rgb '#D8D8D8'
set style fill transparent solid 0.18 noborder
set bars 0.6

# x, y, low, high of 'shorter'
$p1s1 << EOD
0 -64 -64 0
EOD
# x, y, low, high of 'longer'
$p1s2 << EOD
1 9 0 9
2 1 0 1
3 1 0 1
EOD
# x, y, low, high of 'in few batches'
$p1s3 << EOD
4 0.375 0 0.375
EOD

do for [type in "png svg"] {
if (type eq "png") {
	set terminal pngcairo size 960,280 font 'DejaVu Sans,11' noenhanced
} else {
	set terminal svg size 960,280 dynamic background '#ffffff' font 'DejaVu Sans,13' noenhanced
}
set output 'explain-fault_anon-write.'.type
set multiplot
set label 1 'fault_anon, arm write: 6.12 against 6.1, -52.62 instructions an op' at screen 0.5,screen 0.948 center textcolor rgb '#000000' font ',12'
set label 2 'insn mode: path length, no time. A 6.1.0-example, B 6.12.0-example, 4 batches each' at screen 0.01,screen 0.033 left textcolor rgb '#505050' font ',9'

set lmargin at screen 0.1864
set rmargin at screen 0.9750
set tmargin at screen 0.7000
set bmargin at screen 0.2786
set format x '%g'
unset xlabel
set xlabel 'instructions an op, B less A'
unset logscale xy
set ytics ('clear_page_rep' 0, 'vma_alloc_folio' 1, 'do_anonymous_page' 2, 'handle_mm_fault' 3, 'rmqueue_bulk' 4)
set yrange [4.6:-0.6]
unset ylabel
set grid xtics noytics
set xtics autofreq
set xrange [-80.06:25.06]
set arrow 1 from 0,graph 0 to 0,graph 1 nohead lc rgb '#606060' lw 1
set xlabel 'instructions an op, B less A'
set key at graph 0,screen 0.7040 left bottom horizontal reverse Left samplen 1.5 width 1 font ',10'
plot $p1s1 using (0):1:3:4:($1-0.36):($1+0.36) with boxxyerror lc rgb '#0072B2' fs solid 0.85 noborder title 'shorter', \
$p1s1 using ($2 < 0 ? $2 : NaN):1:(sprintf('%+.2f', $2)) with labels right offset -0.6,0 font ',9' textcolor rgb '#303030' notitle, \
     $p1s2 using (0):1:3:4:($1-0.36):($1+0.36) with boxxyerror lc rgb '#D55E00' fs solid 0.85 noborder title 'longer', \
$p1s2 using ($2 > 0 ? $2 : NaN):1:(sprintf('%+.2f', $2)) with labels left offset 0.6,0 font ',9' textcolor rgb '#303030' notitle, \
     $p1s3 using (0):1:3:4:($1-0.36):($1+0.36) with boxxyerror lc rgb '#7F7F7F' fs solid 0.85 noborder title 'in few batches', \
$p1s3 using ($2 > 0 ? $2 : NaN):1:(sprintf('%+.2f', $2)) with labels left offset 0.6,0 font ',9' textcolor rgb '#303030' notitle
unset arrow 1
set grid noxtics ytics
set ytics autofreq
unset label 3
unset label 1
unset label 2
unset multiplot
unset output
}
