#### trials-reuse.gp ####
# Run `gnuplot trials-reuse.gp` in this folder: it writes trials-reuse.png and trials-reuse.svg.
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

# x, y, low, high of 'reused'
$p1s1 << EOD
0 1 0 1
1 1 0 1
2 1 0 1
3 0.078125 0 0.078125
4 0.109375 0 0.109375
5 0.0546875 0 0.0546875
EOD
# x, y, low, high of 'unnecessary'
$p1s2 << EOD
3 0.921875 0.078125 1
4 0.890625 0.109375 1
5 0.945312 0.0546875 1
EOD
# x, y, low, high of 'copy'
$p2s1 << EOD
3 1908.5 1908.5 1908.5
4 2683 2683 2683
5 149203 149203 149203
EOD
# x, y, low, high of 'reuse'
$p2s2 << EOD
0 622.5 622.5 622.5
1 624.5 624.5 624.5
2 666 666 666
3 644 644 644
4 659.5 659.5 659.5
5 628 628 628
EOD

do for [type in "png svg"] {
if (type eq "png") {
	set terminal pngcairo size 960,274 font 'DejaVu Sans,11' noenhanced
} else {
	set terminal svg size 960,274 dynamic background '#ffffff' font 'DejaVu Sans,13' noenhanced
}
set output 'trials-reuse.'.type
set multiplot
set label 1 'reuse: expected, and what came otherwise' at screen 0.5,screen 0.947 center textcolor rgb '#000000' font ',12'
set label 2 'never: missed, wrong; all as expected in arm settled' at screen 0.01,screen 0.034 left textcolor rgb '#505050' font ',9'

set lmargin at screen 0.0974
set rmargin at screen 0.6650
set tmargin at screen 0.6934
set bmargin at screen 0.2190
set format x '%g'
unset xlabel
set xlabel 'share of items, %'
unset logscale xy
set ytics ('T4, 4k' 0, 'T4, 64k' 1, 'T4, 2m' 2, 'T4r, 4k' 3, 'T4r, 64k' 4, 'T4r, 2m' 5)
set yrange [5.6:-0.6]
unset ylabel
set grid xtics noytics
set key at graph 0,screen 0.6974 left bottom horizontal reverse Left samplen 1.2 width -2 font ',10'
set xtics 0,20,100
set xrange [0:100]
plot $p1s1 using (0):1:(100*$3):(100*$4):($1-0.36):($1+0.36) with boxxyerror lc rgb '#4A90BF' fs solid 1 noborder title 'reused', \
     $p1s2 using (0):1:(100*$3):(100*$4):($1-0.36):($1+0.36) with boxxyerror lc rgb '#E6A800' fs solid 1 noborder title 'unnecessary'
set grid noxtics ytics
set ytics autofreq font ''
unset label 3
unset label 1
unset label 2

set lmargin at screen 0.7000
set rmargin at screen 0.9750
set tmargin at screen 0.6934
set bmargin at screen 0.2190
set format x '%g'
unset xlabel
set xlabel 'median of an item'
unset logscale xy
set ytics ('' 0, '' 1, '' 2, '' 3, '' 4, '' 5)
set yrange [5.6:-0.6]
unset ylabel
set grid xtics noytics
set key at graph 0,screen 0.6974 left bottom horizontal reverse Left samplen 1.2 width -2 font ',10'
set xlabel 'median of an item, us'
set logscale x 10
set xtics ('0.5' 0.5, '1' 1, '2' 2, '5' 5, '10' 10, '20' 20, '50' 50, '100' 100)
set xrange [0.415:223.805]
plot $p2s1 using ($2/1000):1:($3/1000):($4/1000) with xerrorbars lt 1 dt 1 lw 1.5 ps 0.9 title 'copy', \
     $p2s2 using ($2/1000):1:($3/1000):($4/1000) with xerrorbars lt 2 dt 1 lw 1.5 ps 0.9 title 'reuse'
set grid noxtics ytics
set ytics autofreq font ''
unset label 3
unset label 1
unset label 2
unset multiplot
unset output
}
