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

# x, y, low, high of 'copied'
$p1s1 << EOD
0 1 0 1
1 1 0 1
2 1 0 1
9 1 0 1
10 1 0 1
11 1 0 1
EOD
# x, y, low, high of 'reused'
$p1s2 << EOD
3 0.998437 0 0.998437
4 0.999219 0 0.999219
5 0.998437 0 0.998437
6 1 0 1
7 0.95 0 0.95
8 0.95 0 0.95
EOD
# x, y, low, high of 'unnecessary'
$p1s3 << EOD
3 0.0015625 0.998437 1
4 0.00078125 0.999219 1
5 0.0015625 0.998437 1
7 0.05 0.95 1
8 0.05 0.95 1
EOD
# x, y, low, high of 'blind'
$p1s4 << EOD
0 1 0 1
1 1 0 1
2 1 0 1
3 1 0 1
4 1 0 1
5 1 0 1
6 1 0 1
7 1 0 1
8 1 0 1
9 1 0 1
10 1 0 1
11 1 0 1
EOD
# x, y, low, high of '95 % interval'
$p1s5 << EOD
0 1 0.831567 1
1 1 0.831567 1
2 1 0.831567 1
3 0.998437 0.993345 0.999887
4 0.999219 0.994675 0.999993
5 0.998437 0.993345 0.999887
6 1 0.831567 1
7 0.95 0.694799 0.999651
8 0.95 0.694799 0.999651
9 1 0.831567 1
10 1 0.831567 1
11 1 0.831567 1
EOD
# x, y, low, high of 'copy'
$p2s1 << EOD
0 1905.5 1858.5 1973.5
1 2606.5 2539.25 2672.5
2 151211 148920 153180
3 1916.25 1916.25 1916.25
4 2605 2605 2605
5 149688 149688 149688
7 2625.5 2625.5 2625.5
8 153296 153296 153296
9 1916.75 1891.5 1940
10 2594 2553.75 2629.5
11 149749 146958 152496
EOD
# x, y, low, high of 'reuse'
$p2s2 << EOD
3 638 628.75 650.75
4 646 632.5 661.75
5 632.5 624 644.75
6 642.75 632.5 653
7 642.5 623.5 658.5
8 643.75 634.75 652.75
EOD

do for [type in "png svg"] {
if (type eq "png") {
	set terminal pngcairo size 960,400 font 'DejaVu Sans,11' noenhanced
} else {
	set terminal svg size 960,400 dynamic background '#ffffff' font 'DejaVu Sans,13' noenhanced
}
set output 'trials-reuse.'.type
set multiplot
set label 1 'reuse: expected, and what came otherwise' at screen 0.5,screen 0.964 center textcolor rgb '#000000' font ',12'
set label 2 'blind: missed, wrong' at screen 0.01,screen 0.023 left textcolor rgb '#505050' font ',9'

set lmargin at screen 0.0896
set rmargin at screen 0.6650
set tmargin at screen 0.7900
set bmargin at screen 0.1500
set format x '%g'
unset xlabel
set xlabel 'share of items, %'
unset logscale xy
set ytics ('T1, 4k' 0, 'T1, 64k' 1, 'T1, 2m' 2, 'T4, 4k' 3, 'T4, 64k' 4, 'T4, 2m' 5, 'T7, 4k' 6, 'T7, 64k' 7, 'T7, 2m' 8, 'S1, 4k' 9, 'S1, 64k' 10, 'S1, 2m' 11)
set yrange [11.6:-0.6]
unset ylabel
set grid xtics noytics
set key at graph 0,screen 0.7940 left bottom horizontal reverse Left samplen 1.2 width -2 font ',10'
set xtics 0,20,100
set xrange [0:100]
plot $p1s1 using (0):1:(100*$3):(100*$4):($1-0.36):($1+0.36) with boxxyerror lc rgb '#9EC5DE' fs solid 1 noborder title 'copied', \
     $p1s2 using (0):1:(100*$3):(100*$4):($1-0.36):($1+0.36) with boxxyerror lc rgb '#4A90BF' fs solid 1 noborder title 'reused', \
     $p1s3 using (0):1:(100*$3):(100*$4):($1-0.36):($1+0.36) with boxxyerror lc rgb '#E6A800' fs solid 1 noborder title 'unnecessary', \
     $p1s4 using (0):1:(100*$3):(100*$4):($1-0.36):($1+0.36) with boxxyerror lc rgb '#303030' fs transparent pattern 4 noborder title 'blind', \
     $p1s5 using (100*$2):1:(100*$3):(100*$4) with xerrorbars lc rgb '#202020' dt 1 lw 1 pt 0 title '95 % interval'
set grid noxtics ytics
set ytics autofreq font ''
unset label 3
unset label 1
unset label 2

set lmargin at screen 0.7000
set rmargin at screen 0.9750
set tmargin at screen 0.7900
set bmargin at screen 0.1500
set format x '%g'
unset xlabel
set xlabel 'median of an item'
unset logscale xy
set ytics ('' 0, '' 1, '' 2, '' 3, '' 4, '' 5, '' 6, '' 7, '' 8, '' 9, '' 10, '' 11)
set yrange [11.6:-0.6]
unset ylabel
set grid xtics noytics
set key at graph 0,screen 0.7940 left bottom horizontal reverse Left samplen 1.2 width -2 font ',10'
set xlabel 'median of an item, us'
set logscale x 10
set xtics ('0.5' 0.5, '1' 1, '2' 2, '5' 5, '10' 10, '20' 20, '50' 50, '100' 100)
set xrange [0.415667:229.944]
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
